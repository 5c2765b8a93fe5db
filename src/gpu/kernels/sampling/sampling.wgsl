// Draws from the distributions of distribution.wgsl and judges drafts by them. Compiled after philox.wgsl and
// distribution.wgsl.

// Drafting only: the next draft forward's input.
@group(0) @binding(9) var<storage, read_write> next: array<i32>;
// Judging only: what the drafts were drawn from.
@group(0) @binding(9) var<storage, read> drafted: array<f32>;
@group(0) @binding(10) var<storage, read_write> rows: array<Row>;

// Most likely first, the lowest id among equals; probability 0 where there are fewer.
const TOP = 5u;
struct Top {
  ids: array<u32, TOP>,
  probabilities: array<f32, TOP>,
}

struct Row {
  // What the target says here: the corrected token where the draft is rejected, the bonus token after the last draft.
  token: u32,
  // The draft; 0 after the last one.
  draft: u32,
  accepted: u32,
  // 1: the target's logits are invalid; 2: the draft's are, or it gave its own token no probability.
  invalid: u32,
  // Probability of `draft` under the target and under the drafter.
  p: f32,
  q: f32,
  // The draw that decided; -1 where none did.
  u: f32,
  // Sum of max(0, p - q).
  residual: f32,
  // Probability of `token` under the target.
  tokenP: f32,
  // Of p, of q and of the residual.
  top: array<Top, 3>,
}

var<workgroup> tops: array<Top, WIDTH>;
var<workgroup> chosenLane: u32;
var<workgroup> chosenRest: f32;
var<workgroup> chosenId: u32;

// Inverse of the cumulative sum in the order of the ids. Each thread has a run of ids of its own, whose weights add up to
// `sum`: this finds the run in which `u` times the whole falls, and how far into it, in chosenLane and chosenRest.
fn locate(sum: f32, u: f32, lane: u32) {
  workgroupBarrier();
  partial[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var l = 0u; l < WIDTH; l++) {
      total += partial[l];
    }
    let aim = u * total;
    var before = 0.0;
    chosenLane = WIDTH;
    chosenId = 0u;
    for (var l = 0u; l < WIDTH; l++) {
      if (partial[l] > 0.0) {
        // The last run with any weight, where rounding leaves the end of the sum unreached.
        chosenLane = l;
        chosenRest = aim - before;
        before += partial[l];
        if (before > aim) {
          break;
        }
      }
    }
  }
  workgroupBarrier();
}

fn runStart(lane: u32) -> u32 {
  let length = (shape.vocabulary + WIDTH - 1u) / WIDTH;
  return min(lane * length, shape.vocabulary);
}

// The coupled rule: argmax(log p + g) with Gumbel noise g = -log E, as argmax(p / E); into bestId[0]. The same
// probabilities and position give the same token for every caller.
fn race(start: u32, position: u32, lane: u32) {
  workgroupBarrier();
  var largest = 0.0;
  var largestId = 0u;
  for (var four = lane; four * 4u < shape.vocabulary; four += WIDTH) {
    let words = philox(vec4(position, NOISE, four, 0u), settings.seed);
    for (var k = 0u; k < 4u; k++) {
      let id = four * 4u + k;
      if (id < shape.vocabulary) {
        let p = probabilities[start + id];
        let score = p / exponential(words[k]);
        if (p > 0.0 && score > largest) {
          largest = score;
          largestId = id;
        }
      }
    }
  }
  best[lane] = largest;
  bestId[lane] = largestId;
  joinBest(lane);
}

// Draft number shape.drafted + group, from row `group` of the logits, into that row of the probabilities, `sequence`, the
// drafts so far, and the next forward's input.
@compute @workgroup_size(WIDTH)
fn draft(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = shape.drafted + group.x;
  let start = row * shape.vocabulary;
  let position = firstPosition + row;
  shapeRow(group.x, row, 0u, lane);
  if (settings.coupled == 1u) {
    race(start, position, lane);
    if (lane == 0u) {
      chosenId = bestId[0];
    }
  } else {
    var sum = 0.0;
    for (var j = runStart(lane); j < runStart(lane + 1u); j++) {
      sum += probabilities[start + j];
    }
    locate(sum, uniformAt(settings.seed, position, DRAFT), lane);
    if (lane == chosenLane) {
      var reached = 0.0;
      for (var j = runStart(lane); j < runStart(lane + 1u) && reached <= chosenRest; j++) {
        let weight = probabilities[start + j];
        reached += weight;
        if (weight > 0.0) {
          chosenId = j;
        }
      }
    }
  }
  workgroupBarrier();
  if (lane == 0u) {
    sequence[row] = i32(chosenId);
    if (group.x == groups.x - 1u) {
      next[0] = i32(chosenId);
    }
  }
}

fn insert(top: ptr<function, Top>, id: u32, probability: f32) {
  if (probability <= (*top).probabilities[TOP - 1u]) {
    return;
  }
  var at = TOP - 1u;
  while (at > 0u && (*top).probabilities[at - 1u] < probability) {
    (*top).probabilities[at] = (*top).probabilities[at - 1u];
    (*top).ids[at] = (*top).ids[at - 1u];
    at--;
  }
  (*top).probabilities[at] = probability;
  (*top).ids[at] = id;
}

// The best of all threads' lists, for thread 0.
fn joinTop(own: ptr<function, Top>, lane: u32) -> Top {
  var joined: Top;
  workgroupBarrier();
  tops[lane] = *own;
  workgroupBarrier();
  if (lane == 0u) {
    // The runs are in the order of their ids, so the lowest id among equals still comes first.
    for (var l = 0u; l < WIDTH; l++) {
      for (var k = 0u; k < TOP; k++) {
        let probability = tops[l].probabilities[k];
        if (probability <= joined.probabilities[TOP - 1u]) {
          break;
        }
        insert(&joined, tops[l].ids[k], probability);
      }
    }
  }
  return joined;
}

// Row `group` of the target's logits into the probabilities p, and what they say of the draft there: Leviathan et al. 2023
// (arXiv 2211.17192), algorithm 1. `sequence` is the target's own input: the last token of the history, then the drafts.
// Rows after the first rejection are judged as if nothing had been rejected.
@compute @workgroup_size(WIDTH)
fn judge(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let start = row * shape.vocabulary;
  let position = firstPosition + row;
  let judged = row < shape.drafted;
  let oneHot = (shape.flags & ONE_HOT) != 0u;
  let bad = shapeRow(row, row, 1u, lane);

  var id = 0u;
  if (judged) {
    id = min(u32(sequence[row + 1u]), shape.vocabulary - 1u);
  }
  var topP: Top;
  var topQ: Top;
  var topResidual: Top;
  var sumP = 0.0;
  var sumResidual = 0.0;
  for (var j = runStart(lane); j < runStart(lane + 1u); j++) {
    let p = probabilities[start + j];
    sumP += p;
    insert(&topP, j, p);
    if (judged) {
      var q = select(0.0, 1.0, j == id);
      if (!oneHot) {
        q = drafted[start + j];
      }
      let residual = max(0.0, p - q);
      sumResidual += residual;
      insert(&topQ, j, q);
      insert(&topResidual, j, residual);
    }
  }
  workgroupBarrier();
  let mass = sumOf(sumResidual, lane);

  // The target's own token.
  if (settings.coupled == 1u) {
    race(start, position, lane);
    if (lane == 0u) {
      chosenId = bestId[0];
    }
  } else {
    let fromResidual = judged && mass > 0.0;
    locate(select(sumP, sumResidual, fromResidual), uniformAt(settings.seed, position, RESIDUAL), lane);
    if (lane == chosenLane) {
      var reached = 0.0;
      for (var j = runStart(lane); j < runStart(lane + 1u) && reached <= chosenRest; j++) {
        var weight = probabilities[start + j];
        if (fromResidual) {
          var q = select(0.0, 1.0, j == id);
          if (!oneHot) {
            q = drafted[start + j];
          }
          weight = max(0.0, weight - q);
        }
        reached += weight;
        if (weight > 0.0) {
          chosenId = j;
        }
      }
    }
  }
  workgroupBarrier();

  var result: Row;
  result.token = chosenId;
  result.invalid = bad;
  result.u = -1.0;
  result.tokenP = probabilities[start + chosenId];
  if (judged) {
    result.draft = id;
    result.p = probabilities[start + id];
    result.q = 1.0;
    if (!oneHot) {
      result.q = drafted[start + id];
    }
    result.residual = mass;
    // A drafter gives what it drew some probability.
    result.invalid |= select(0u, 2u, result.q == 0.0);
    if (settings.coupled == 1u) {
      result.accepted = select(0u, 1u, id == chosenId);
    } else {
      let u = uniformAt(settings.seed, position, ACCEPTANCE);
      // u < p / q, without the division's rounding.
      result.accepted = select(0u, 1u, result.q > 0.0 && u * result.q < result.p);
      result.u = select(-1.0, u, settings.temperature > 0.0);
    }
  }
  result.top[0] = joinTop(&topP, lane);
  result.top[1] = joinTop(&topQ, lane);
  result.top[2] = joinTop(&topResidual, lane);
  if (lane == 0u) {
    for (var k = 0u; k < TOP; k++) {
      result.top[2].probabilities[k] = select(result.top[2].probabilities[k] / mass, 0.0, mass == 0.0);
    }
    rows[row] = result;
  }
}

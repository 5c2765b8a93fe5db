// Judges drafts by the distributions of distribution.wgsl, one workgroup a row. slices.wgsl does the same with several.

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

fn insert(top: ptr<private, Top>, id: u32, probability: f32) {
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

var<private> joined: Top;

// The best of all threads' lists, for thread 0.
fn joinTop(own: ptr<private, Top>, lane: u32) -> Top {
  joined = Top();
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

// What a row of a judgement is about.
struct Judged {
  row: u32,
  start: u32,
  position: u32,
  // Whether there is a draft, and which.
  hasDraft: bool,
  id: u32,
}

fn judgedAt(row: u32) -> Judged {
  var id = 0u;
  if (row < shape.drafted) {
    id = min(u32(sequence[row + 1u]), shape.vocabulary - 1u);
  }
  return Judged(row, row * shape.vocabulary, firstPosition + row, row < shape.drafted, id);
}

// The drafter's probability of token j.
fn drafterAt(judged: Judged, j: u32) -> f32 {
  if ((shape.flags & ONE_HOT) != 0u) {
    return select(0.0, 1.0, j == judged.id);
  }
  return drafted[judged.start + j];
}

// Of a thread: the most likely tokens of its run under target and drafter and of the residual, and the sums of p and the residual.
var<private> topP: Top;
var<private> topQ: Top;
var<private> topResidual: Top;
var<private> sumP: f32;
var<private> sumResidual: f32;

fn weigh(judged: Judged, run: Columns) {
  for (var j = run.first; j < run.end; j++) {
    let p = probabilities[judged.start + j];
    sumP += p;
    insert(&topP, j, p);
    if (judged.hasDraft) {
      let q = drafterAt(judged, j);
      let residual = max(0.0, p - q);
      sumResidual += residual;
      insert(&topQ, j, q);
      insert(&topResidual, j, residual);
    }
  }
}

// The target's own token, by the thread in whose run chosenRest falls.
fn walkJudged(judged: Judged, fromResidual: bool, run: Columns) {
  var reached = 0.0;
  for (var j = run.first; j < run.end && reached <= chosenRest; j++) {
    var weight = probabilities[judged.start + j];
    if (fromResidual) {
      weight = max(0.0, weight - drafterAt(judged, j));
    }
    reached += weight;
    if (weight > 0.0) {
      chosenId = j;
    }
  }
}

// All but the lists of a row whose token is chosenId.
fn verdict(judged: Judged, mass: f32, bad: u32) -> Row {
  var result: Row;
  result.token = chosenId;
  result.invalid = bad;
  result.u = -1.0;
  result.tokenP = probabilities[judged.start + chosenId];
  if (judged.hasDraft) {
    result.draft = judged.id;
    result.p = probabilities[judged.start + judged.id];
    result.q = drafterAt(judged, judged.id);
    result.residual = mass;
    // A drafter gives what it drew some probability.
    result.invalid |= select(0u, 2u, result.q == 0.0);
    if (settings.coupled == 1u) {
      result.accepted = select(0u, 1u, judged.id == chosenId);
    } else {
      let u = uniformAt(settings.seed, judged.position, ACCEPTANCE);
      // u < p / q, without the division's rounding.
      result.accepted = select(0u, 1u, result.q > 0.0 && u * result.q < result.p);
      result.u = select(-1.0, u, settings.temperature > 0.0);
    }
  }
  return result;
}

// Joins the threads' lists and writes the row.
fn write(judged: Judged, mass: f32, verdict: Row, lane: u32) {
  var result = verdict;
  result.top[0] = joinTop(&topP, lane);
  result.top[1] = joinTop(&topQ, lane);
  result.top[2] = joinTop(&topResidual, lane);
  if (lane == 0u) {
    for (var k = 0u; k < TOP; k++) {
      result.top[2].probabilities[k] = select(result.top[2].probabilities[k] / mass, 0.0, mass == 0.0);
    }
    rows[judged.row] = result;
  }
}

// Row `group` of the target's logits into row shape.first + group of the probabilities p, and what they say of the draft there: Leviathan et al. 2023
// (arXiv 2211.17192), algorithm 1. `sequence` is the target's own input: the last token of the history, then the drafts.
// Rows after the first rejection are judged as if nothing had been rejected.
@compute @workgroup_size(WIDTH)
fn judge(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = shape.first + group.x;
  let bad = shapeRow(group.x, row, 1u, lane);
  let judged = judgedAt(row);
  let columns = Columns(0u, shape.vocabulary);
  let run = runOf(columns, lane);
  weigh(judged, run);
  workgroupBarrier();
  let mass = sumOf(sumResidual, lane);
  if (settings.coupled == 1u) {
    race(judged.start, judged.position, columns, lane);
    if (lane == 0u) {
      chosenId = bestId[0];
    }
  } else {
    let fromResidual = judged.hasDraft && mass > 0.0;
    locate(select(sumP, sumResidual, fromResidual), uniformAt(settings.seed, judged.position, RESIDUAL), lane);
    if (lane == chosenLane) {
      walkJudged(judged, fromResidual, run);
    }
  }
  workgroupBarrier();
  write(judged, mass, verdict(judged, mass, bad), lane);
}

// One workgroup a row. Every thread walks its own columns and keeps (largest logit, its lowest id, sum of exponentials
// relative to it); a tree joins them. The order of operations depends on the vocabulary alone, never on the rows, and
// ties go to the lowest id.

struct Shape {
  vocabulary: u32,
  // Drafting: how many tokens have been drafted before this one. Verifying: how many drafts there are to judge.
  drafted: u32,
}

struct Row {
  choice: u32,
  // Probability of `choice`.
  p: f32,
  // Probability of the drafted token at this row; 0 where there is none.
  draftP: f32,
  // 1 where a logit was not a number, or plus infinity.
  invalid: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> sequence: array<i32>;
@group(0) @binding(2) var<storage, read_write> next: array<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<Row>;
@group(0) @binding(4) var<uniform> shape: Shape;
// Of `draftAndRank` and `verifyAndRank` only.
@group(0) @binding(5) var<storage, read_write> tops: array<Top>;

// The most likely tokens of a row, most likely first, the lowest id among equals; probability 0 where there are fewer.
const TOP = 5u;
struct Top {
  ids: array<u32, TOP>,
  probabilities: array<f32, TOP>,
}

// A wider workgroup is slower where a core runs it whole, as every thread takes part in every step of the tree.
const WIDTH = 32u;
var<workgroup> best: array<f32, WIDTH>;
var<workgroup> bestId: array<u32, WIDTH>;
var<workgroup> total: array<f32, WIDTH>;
var<workgroup> invalid: array<u32, WIDTH>;

const LOWEST = -3.4e38f;

fn reduceRow(row: u32, lane: u32) {
  var top = LOWEST;
  var id = shape.vocabulary;
  var sum = 0.0;
  var bad = 0u;
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    let raw = logits[row * shape.vocabulary + j];
    // Tested by its bits: a compiler may assume that no float is a NaN or infinite.
    let bits = bitcast<u32>(raw);
    // Minus infinity, a masked token, counts as the lowest finite logit.
    let x = select(raw, LOWEST, bits == 0xff800000u);
    if ((bits & 0x7fffffffu) > 0x7f800000u || bits == 0x7f800000u) {
      bad = 1u;
    } else if (id == shape.vocabulary) {
      sum = 1.0;
      top = x;
      id = j;
    } else if (x > top) {
      sum = sum * exp(top - x) + 1.0;
      top = x;
      id = j;
    } else {
      sum += exp(x - top);
    }
  }
  best[lane] = top;
  bestId[lane] = id;
  total[lane] = sum;
  invalid[lane] = bad;
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      let other = lane + half;
      let a = best[lane];
      let b = best[other];
      let m = max(a, b);
      total[lane] = total[lane] * exp(a - m) + total[other] * exp(b - m);
      if (b > a || (b == a && bestId[other] < bestId[lane])) {
        bestId[lane] = bestId[other];
      }
      best[lane] = m;
      invalid[lane] = invalid[lane] | invalid[other];
    }
  }
  workgroupBarrier();
}

fn chooseDraft(lane: u32) {
  reduceRow(0u, lane);
  if (lane == 0u) {
    sequence[shape.drafted] = i32(bestId[0]);
    next[0] = i32(bestId[0]);
    rows[shape.drafted] = Row(bestId[0], 1.0 / total[0], 0.0, invalid[0]);
  }
}

fn judgeRow(row: u32, lane: u32) {
  reduceRow(row, lane);
  if (lane == 0u) {
    var p = 0.0;
    if (row < shape.drafted) {
      let id = u32(sequence[row + 1u]);
      p = exp(logits[row * shape.vocabulary + id] - best[0]) / total[0];
    }
    rows[row] = Row(bestId[0], 1.0 / total[0], p, invalid[0]);
  }
}

// The draft's choice after one forward: appended to `sequence`, the drafts so far, and given to the next forward.
@compute @workgroup_size(WIDTH)
fn draft(@builtin(local_invocation_index) lane: u32) {
  chooseDraft(lane);
}

// The target's choice at every row, and its probability of what was drafted there. `sequence` is the target's own input:
// the last token of the history, then the drafts.
@compute @workgroup_size(WIDTH)
fn verify(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  judgeRow(group.x, lane);
}

var<workgroup> lists: array<Top, WIDTH>;

// Keeps the five largest logits, of which `probabilities` holds the value until they are all known.
fn insert(top: ptr<function, Top>, id: u32, logit: f32) {
  var at = TOP;
  while (at > 0u) {
    let known = (*top).probabilities[at - 1u];
    if (known > logit || (known == logit && (*top).ids[at - 1u] < id)) {
      break;
    }
    at--;
  }
  if (at == TOP) {
    return;
  }
  for (var k = TOP - 1u; k > at; k--) {
    (*top).probabilities[k] = (*top).probabilities[k - 1u];
    (*top).ids[k] = (*top).ids[k - 1u];
  }
  (*top).probabilities[at] = logit;
  (*top).ids[at] = id;
}

// The likeliest tokens of `row`, after reduceRow of it, into tops[index]. It leaves best, bestId and total as they are.
fn rankRow(row: u32, index: u32, lane: u32) {
  var own: Top;
  for (var k = 0u; k < TOP; k++) {
    own.probabilities[k] = LOWEST;
    own.ids[k] = shape.vocabulary;
  }
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    let logit = logits[row * shape.vocabulary + j];
    // What is not above the last of the list is the rule; a masked token's minus infinity never is.
    if (logit > own.probabilities[TOP - 1u]) {
      insert(&own, j, logit);
    }
  }
  lists[lane] = own;
  workgroupBarrier();
  if (lane == 0u) {
    for (var l = 1u; l < WIDTH; l++) {
      for (var k = 0u; k < TOP; k++) {
        let logit = lists[l].probabilities[k];
        if (lists[l].ids[k] == shape.vocabulary || logit < own.probabilities[TOP - 1u]) {
          break;
        }
        insert(&own, lists[l].ids[k], logit);
      }
    }
    for (var k = 0u; k < TOP; k++) {
      let known = own.ids[k] < shape.vocabulary;
      own.probabilities[k] = select(0.0, exp(own.probabilities[k] - best[0]) / total[0], known);
    }
    tops[index] = own;
  }
}

// The same as `draft`, and the row's likeliest tokens.
@compute @workgroup_size(WIDTH)
fn draftAndRank(@builtin(local_invocation_index) lane: u32) {
  chooseDraft(lane);
  rankRow(0u, shape.drafted, lane);
}

// The same as `verify`, and each row's likeliest tokens.
@compute @workgroup_size(WIDTH)
fn verifyAndRank(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  judgeRow(group.x, lane);
  rankRow(group.x, group.x, lane);
}

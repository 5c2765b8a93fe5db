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
  // Probability of the drafted token at this row; 0 without a draft.
  draftP: f32,
  // 1 where a logit was not a number, or plus infinity.
  invalid: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> sequence: array<i32>;
@group(0) @binding(2) var<storage, read_write> next: array<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<Row>;
@group(0) @binding(4) var<uniform> shape: Shape;

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

// The draft's choice after one forward: appended to `sequence`, the drafts so far, and given to the next forward.
@compute @workgroup_size(WIDTH)
fn draft(@builtin(local_invocation_index) lane: u32) {
  reduceRow(0u, lane);
  if (lane == 0u) {
    sequence[shape.drafted] = i32(bestId[0]);
    next[0] = i32(bestId[0]);
    rows[shape.drafted] = Row(bestId[0], 1.0 / total[0], 0.0, invalid[0]);
  }
}

// The target's choice at every row, and its probability of what was drafted there. `sequence` is the target's own input:
// the last token of the history, then the drafts.
@compute @workgroup_size(WIDTH)
fn verify(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
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

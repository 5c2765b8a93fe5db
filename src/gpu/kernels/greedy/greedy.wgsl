// One workgroup a row or, where a row is longer than SLICE, one a slice of it and one that joins the slices. Every thread walks
// its own columns and keeps (largest logit, its lowest id, sum of exponentials relative to it); a tree joins them. The order of
// operations depends on the vocabulary alone, never on the rows, and ties go to the lowest id.

struct Shape {
  vocabulary: u32,
  // Drafting: how many tokens have been drafted before this one. Verifying: how many drafts there are to judge.
  drafted: u32,
  // Of a row.
  slices: u32,
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

// What there is to know of some of a row's columns.
struct Part {
  // The largest logit and its lowest id; the vocabulary's size where no logit is valid.
  top: f32,
  id: u32,
  // Of the exponentials relative to `top`.
  total: f32,
  invalid: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> sequence: array<i32>;
@group(0) @binding(2) var<storage, read_write> next: array<i32>;
@group(0) @binding(3) var<storage, read_write> rows: array<Row>;
@group(0) @binding(4) var<uniform> shape: Shape;
// [rows, shape.slices], where a row has several.
@group(0) @binding(5) var<storage, read_write> parts: array<Part>;

// A wider workgroup is slower where a core runs it whole, as every thread takes part in every step of the tree.
const WIDTH = 32u;
var<workgroup> found: array<Part, WIDTH>;

const LOWEST = -3.4e38f;

override SLICE: u32;

// Into element 0.
fn reduce(row: u32, first: u32, end: u32, lane: u32) {
  var part = Part(LOWEST, shape.vocabulary, 0.0, 0u);
  for (var j = first + lane; j < end; j += WIDTH) {
    let raw = logits[row * shape.vocabulary + j];
    // Tested by its bits: a compiler may assume that no float is a NaN or infinite.
    let bits = bitcast<u32>(raw);
    // Minus infinity, a masked token, counts as the lowest finite logit.
    let x = select(raw, LOWEST, bits == 0xff800000u);
    if ((bits & 0x7fffffffu) > 0x7f800000u || bits == 0x7f800000u) {
      part.invalid = 1u;
    } else if (part.id == shape.vocabulary) {
      part.total = 1.0;
      part.top = x;
      part.id = j;
    } else if (x > part.top) {
      part.total = part.total * exp(part.top - x) + 1.0;
      part.top = x;
      part.id = j;
    } else {
      part.total += exp(x - part.top);
    }
  }
  join(part, lane);
}

fn both(a: Part, b: Part) -> Part {
  let top = max(a.top, b.top);
  let total = a.total * exp(a.top - top) + b.total * exp(b.top - top);
  let isSecond = b.top > a.top || (b.top == a.top && b.id < a.id);
  return Part(top, select(a.id, b.id, isSecond), total, a.invalid | b.invalid);
}

// What every thread has, into element 0.
fn join(own: Part, lane: u32) {
  found[lane] = own;
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      found[lane] = both(found[lane], found[lane + half]);
    }
  }
  workgroupBarrier();
}

// All columns of a row, into element 0.
fn reduceRow(row: u32, lane: u32) {
  if (shape.slices == 1u) {
    reduce(row, 0u, shape.vocabulary, lane);
    return;
  }
  var part = Part(LOWEST, shape.vocabulary, 0.0, 0u);
  for (var slice = lane; slice < shape.slices; slice += WIDTH) {
    part = both(part, parts[row * shape.slices + slice]);
  }
  join(part, lane);
}

@compute @workgroup_size(WIDTH)
fn slice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * SLICE;
  reduce(group.y, first, min(first + SLICE, shape.vocabulary), lane);
  if (lane == 0u) {
    parts[group.y * shape.slices + group.x] = found[0];
  }
}

// The draft's choice after one forward: appended to `sequence`, the drafts so far, and given to the next forward.
@compute @workgroup_size(WIDTH)
fn draft(@builtin(local_invocation_index) lane: u32) {
  reduceRow(0u, lane);
  if (lane == 0u) {
    let row = found[0];
    sequence[shape.drafted] = i32(row.id);
    next[0] = i32(row.id);
    rows[shape.drafted] = Row(row.id, 1.0 / row.total, 0.0, row.invalid);
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
      p = exp(logits[row * shape.vocabulary + id] - found[0].top) / found[0].total;
    }
    rows[row] = Row(found[0].id, 1.0 / found[0].total, p, found[0].invalid);
  }
}

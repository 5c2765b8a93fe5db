// The most likely tokens of rows of logits whose largest one and its probability are known already, as the greedy kernel finds them: the
// target's rows, then the draft's. One workgroup a row or, where a row is longer than SLICE, one a slice of it and one that joins the slices.

struct Shape {
  vocabulary: u32,
  // Rows of the target, and of the draft after them.
  targetRows: u32,
  draftRows: u32,
  // Of a row.
  slices: u32,
}

// As greedy.wgsl writes it.
struct Row {
  choice: u32,
  p: f32,
  draftP: f32,
  invalid: u32,
}

// Most likely first, the lowest id among equals; probability 0 where there are fewer. Tokens of less than LEAST of the most likely one's
// probability are left out: they would not be visible next to it.
const TOP = 5u;
struct Top {
  ids: array<u32, TOP>,
  probabilities: array<f32, TOP>,
}

@group(0) @binding(0) var<storage, read> targetLogits: array<f32>;
@group(0) @binding(1) var<storage, read> targetRows: array<Row>;
@group(0) @binding(2) var<storage, read> draftLogits: array<f32>;
@group(0) @binding(3) var<storage, read> draftRows: array<Row>;
@group(0) @binding(4) var<storage, read_write> tops: array<Top>;
@group(0) @binding(5) var<uniform> shape: Shape;
// [rows, shape.slices, TOP], where a row has several: the most likely ones of each slice, most likely first.
@group(0) @binding(6) var<storage, read_write> parts: array<Token>;

const LEAST = 1.0 / 256.0;
override SLICE: u32;
// Threads of a workgroup, a power of two and at least five.
override WIDTH: u32;

struct Token {
  logit: f32,
  // NONE where there are fewer.
  id: u32,
}
const NONE = 0xffffffffu;
var<workgroup> heads: array<Token, WIDTH>;
// Of the workgroup.
var<workgroup> top: array<Token, TOP>;
// Of a thread, most likely first.
var<private> own: array<Token, TOP>;

// Of the target's rows or, after them, of the draft's.
fn logitAt(row: u32, id: u32) -> f32 {
  if (row < shape.targetRows) {
    return targetLogits[row * shape.vocabulary + id];
  }
  return draftLogits[(row - shape.targetRows) * shape.vocabulary + id];
}

fn rowAt(row: u32) -> Row {
  if (row < shape.targetRows) {
    return targetRows[row];
  }
  return draftRows[row - shape.targetRows];
}

fn largestOf(row: u32) -> f32 {
  return logitAt(row, min(rowAt(row).choice, shape.vocabulary - 1u));
}

fn isBefore(a: Token, b: Token) -> bool {
  return a.id != NONE && (b.id == NONE || a.logit > b.logit || (a.logit == b.logit && a.id < b.id));
}

fn clear() {
  for (var k = 0u; k < TOP; k++) {
    own[k] = Token(0.0, NONE);
  }
}

fn insert(token: Token) {
  if (!isBefore(token, own[TOP - 1u])) {
    return;
  }
  var at = TOP - 1u;
  while (at > 0u && isBefore(token, own[at - 1u])) {
    own[at] = own[at - 1u];
    at--;
  }
  own[at] = token;
}

fn rankColumns(row: u32, first: u32, end: u32, lane: u32) {
  clear();
  let least = largestOf(row) + log(LEAST);
  // Of the logits that a thread has still to see, one that is not above this is not among its best: their ids are higher.
  var above = least;
  for (var id = first + lane; id < end; id += WIDTH) {
    let logit = logitAt(row, id);
    if (logit >= above) {
      insert(Token(logit, id));
      if (own[TOP - 1u].id != NONE) {
        above = own[TOP - 1u].logit;
      }
    }
  }
  joinTop(lane);
}

// The first of what all threads have, one after the other, into `top`.
fn joinTop(lane: u32) {
  var taken = 0u;
  for (var k = 0u; k < TOP; k++) {
    heads[lane] = Token(0.0, NONE);
    if (taken < TOP) {
      heads[lane] = own[taken];
    }
    for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (lane < half && isBefore(heads[lane + half], heads[lane])) {
        heads[lane] = heads[lane + half];
      }
    }
    let first = workgroupUniformLoad(&heads[0]);
    if (taken < TOP && own[taken].id == first.id) {
      taken++;
    }
    if (lane == 0u) {
      top[k] = first;
    }
  }
  workgroupBarrier();
}

@compute @workgroup_size(WIDTH)
fn slice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * SLICE;
  rankColumns(group.y, first, min(first + SLICE, shape.vocabulary), lane);
  if (lane < TOP) {
    parts[(group.y * shape.slices + group.x) * TOP + lane] = top[lane];
  }
}

@compute @workgroup_size(WIDTH)
fn rank(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  if (shape.slices == 1u) {
    rankColumns(row, 0u, shape.vocabulary, lane);
  } else {
    clear();
    for (var i = lane; i < shape.slices * TOP; i += WIDTH) {
      insert(parts[row * shape.slices * TOP + i]);
    }
    joinTop(lane);
  }
  if (lane < TOP) {
    // The most likely one's logit and probability give those of the others.
    let probability = exp(top[lane].logit - largestOf(row)) * rowAt(row).p;
    let isToken = top[lane].id != NONE;
    tops[row].ids[lane] = select(0u, top[lane].id, isToken);
    tops[row].probabilities[lane] = select(0.0, probability, isToken);
  }
}

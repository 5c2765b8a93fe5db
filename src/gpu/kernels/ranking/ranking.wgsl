// The most likely tokens of rows of logits whose largest one and its probability are known already, as the greedy kernel finds them. One
// workgroup a row: the target's rows, then the draft's.

struct Shape {
  vocabulary: u32,
  // Rows of the target, and of the draft after them.
  targetRows: u32,
  draftRows: u32,
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

const LEAST = 1.0 / 256.0;
// Threads of a row, at least five.
override WIDTH: u32 = 32u;
// Logits that are not left out; there are rarely more.
const ROOM = 128u;
var<workgroup> found: atomic<u32>;
var<workgroup> listed: u32;
var<workgroup> foundIds: array<u32, ROOM>;
var<workgroup> foundLogits: array<f32, ROOM>;

// Of the target's rows or, after them, of the draft's.
fn logitAt(group: u32, id: u32) -> f32 {
  if (group < shape.targetRows) {
    return targetLogits[group * shape.vocabulary + id];
  }
  return draftLogits[(group - shape.targetRows) * shape.vocabulary + id];
}

fn isBefore(a: f32, aId: u32, b: f32, bId: u32) -> bool {
  return a > b || (a == b && aId < bId);
}

@compute @workgroup_size(WIDTH)
fn rank(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = workgroup.x;
  var known = draftRows[max(group, shape.targetRows) - shape.targetRows];
  if (group < shape.targetRows) {
    known = targetRows[group];
  }
  // The most likely one's logit and probability give those of the others.
  let largest = logitAt(group, min(known.choice, shape.vocabulary - 1u));
  let least = largest + log(LEAST);
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    let logit = logitAt(group, j);
    if (logit >= least) {
      let at = atomicAdd(&found, 1u);
      if (at < ROOM) {
        foundIds[at] = j;
        foundLogits[at] = logit;
      }
    }
  }
  workgroupBarrier();
  if (lane == 0u) {
    listed = atomicLoad(&found);
  }
  if (workgroupUniformLoad(&listed) > ROOM) {
    if (lane == 0u) {
      listLargest(group, least);
    }
    workgroupBarrier();
  }
  let count = listed;
  // In whatever order they were found, each has as many before it.
  for (var c = lane; c < count; c += WIDTH) {
    let logit = foundLogits[c];
    var place = 0u;
    for (var other = 0u; other < count; other++) {
      place += select(0u, 1u, isBefore(foundLogits[other], foundIds[other], logit, foundIds[c]));
    }
    if (place < TOP) {
      tops[group].ids[place] = foundIds[c];
      tops[group].probabilities[place] = exp(logit - largest) * known.p;
    }
  }
  if (lane >= count && lane < TOP) {
    tops[group].ids[lane] = 0u;
    tops[group].probabilities[lane] = 0.0;
  }
}

// Where there is no room for all that may be: the five largest, one after the other.
fn listLargest(group: u32, least: f32) {
  var kept = 0u;
  for (var j = 0u; j < shape.vocabulary; j++) {
    let logit = logitAt(group, j);
    if (logit < least || (kept == TOP && logit <= foundLogits[TOP - 1u])) {
      continue;
    }
    var at = min(kept, TOP - 1u);
    while (at > 0u && foundLogits[at - 1u] < logit) {
      foundLogits[at] = foundLogits[at - 1u];
      foundIds[at] = foundIds[at - 1u];
      at--;
    }
    foundLogits[at] = logit;
    foundIds[at] = j;
    kept = min(kept + 1u, TOP);
  }
  listed = kept;
}

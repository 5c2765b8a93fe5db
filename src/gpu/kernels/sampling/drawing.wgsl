// Draws from the distributions of distribution.wgsl, one workgroup a row. slices.wgsl does the same with several.

// Drafting only: the next draft forward's input.
@group(0) @binding(9) var<storage, read_write> next: array<i32>;

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
    chooseRun(u * totalOfRuns());
  }
  workgroupBarrier();
}

fn totalOfRuns() -> f32 {
  var total = 0.0;
  for (var l = 0u; l < WIDTH; l++) {
    total += partial[l];
  }
  return total;
}

// By one thread.
fn chooseRun(aim: f32) {
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

// The columns of a thread.
fn runOf(columns: Columns, lane: u32) -> Columns {
  let count = columns.end - columns.first;
  let length = (count + WIDTH - 1u) / WIDTH;
  return Columns(columns.first + min(lane * length, count), columns.first + min((lane + 1u) * length, count));
}

// The coupled rule: argmax(log p + g) with Gumbel noise g = -log E, as argmax(p / E); into bestId[0]. The same
// probabilities and position give the same token for every caller. The first column is a multiple of four.
fn race(start: u32, position: u32, columns: Columns, lane: u32) {
  workgroupBarrier();
  var largest = 0.0;
  var largestId = 0u;
  for (var four = columns.first / 4u + lane; four * 4u < columns.end; four += WIDTH) {
    let words = philox(vec4(position, NOISE, four, 0u), settings.seed);
    for (var k = 0u; k < 4u; k++) {
      let id = four * 4u + k;
      if (id < columns.end) {
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

fn sumOfRun(start: u32, run: Columns) -> f32 {
  var sum = 0.0;
  for (var j = run.first; j < run.end; j++) {
    sum += probabilities[start + j];
  }
  return sum;
}

// Draft number shape.first + group, from row `group` of the logits, into that row of the probabilities, `sequence`, the
// drafts so far, and the next forward's input.
@compute @workgroup_size(WIDTH)
fn draft(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = shape.first + group.x;
  let start = row * shape.vocabulary;
  let position = firstPosition + row;
  shapeRow(group.x, row, 0u, lane);
  let columns = Columns(0u, shape.vocabulary);
  if (settings.coupled == 1u) {
    race(start, position, columns, lane);
    if (lane == 0u) {
      chosenId = bestId[0];
    }
  } else {
    let run = runOf(columns, lane);
    locate(sumOfRun(start, run), uniformAt(settings.seed, position, DRAFT), lane);
    if (lane == chosenLane) {
      walk(start, run);
    }
  }
  handOver(row, group.x == groups.x - 1u, lane);
}

// The token in which chosenRest falls, by the thread whose run it is.
fn walk(start: u32, run: Columns) {
  var reached = 0.0;
  for (var j = run.first; j < run.end && reached <= chosenRest; j++) {
    let weight = probabilities[start + j];
    reached += weight;
    if (weight > 0.0) {
      chosenId = j;
    }
  }
}

fn handOver(row: u32, isLast: bool, lane: u32) {
  workgroupBarrier();
  if (lane == 0u) {
    sequence[row] = i32(chosenId);
    if (isLast) {
      next[0] = i32(chosenId);
    }
  }
}

// Distributions, draws and judgements of rows that are longer than SLICE: a workgroup for each slice of a row, and passes over all of them one after
// another, each of which leaves in `parts` what the next one joins. In this order: shapeSlice, powerSlice; for top-k and for top-p, four times
// countSlice and chooseRow, then sumSlice; drawSlice and drawRow, or judgeSlice and judgeRow. What a slice does is as of a whole row.

// What is known of a slice.
struct Slice {
  // The largest shaped logit and its id, and whether one is invalid.
  top: f32,
  topId: u32,
  invalid: u32,
  // Sum of the powers that are not left out.
  power: f32,
  // Sums of the probabilities and of the residual.
  weight: f32,
  residual: f32,
  // Of the coupled rule's race.
  winner: f32,
  winnerId: u32,
  lists: array<Top, 3>,
}

// Of a row: the search for its threshold, digit by digit.
struct Search {
  prefix: u32,
  needed: u32,
  // Bits of the least power that is not left out.
  least: u32,
  bins: array<atomic<u32>, BINS>,
}

// [rows, shape.slices]
@group(0) @binding(11) var<storage, read_write> parts: array<Slice>;
// [rows]
@group(0) @binding(12) var<storage, read_write> searches: array<Search>;

override SLICE: u32;

fn columnsOf(slice: u32) -> Columns {
  return Columns(slice * SLICE, min((slice + 1u) * SLICE, shape.vocabulary));
}

// Of the slice `group.x` of row `group.y`, both of this dispatch.
fn partOf(group: vec3<u32>) -> u32 {
  return group.y * shape.slices + group.x;
}

// Where a row of this dispatch begins in the probabilities; its logits are given from row 0 on.
fn startOf(row: u32) -> u32 {
  return (shape.first + row) * shape.vocabulary;
}

fn isDraft() -> bool {
  return (shape.flags & IS_DRAFT) != 0u;
}

// Of a row: 1 if a logit is invalid or nothing may be chosen, else 0; the largest and its id into element 0 of `best` and `bestId`.
fn joinRow(row: u32, lane: u32) -> u32 {
  best[lane] = EXCLUDED;
  bestId[lane] = shape.vocabulary;
  invalid[lane] = 0u;
  for (var s = lane; s < shape.slices; s += WIDTH) {
    let part = row * shape.slices + s;
    if (parts[part].top > best[lane]) {
      best[lane] = parts[part].top;
      bestId[lane] = parts[part].topId;
    }
    invalid[lane] |= parts[part].invalid;
  }
  let bad = joinTops(lane);
  return bad | select(0u, 1u, bestId[0] == shape.vocabulary);
}

// Sum of the powers of a row that are not left out.
fn totalOf(row: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var s = lane; s < shape.slices; s += WIDTH) {
    sum += parts[row * shape.slices + s].power;
  }
  return sumOf(sum, lane);
}

@compute @workgroup_size(WIDTH)
fn shapeSlice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let bad = shapeColumns(group.y, shape.first + group.y, select(1u, 0u, isDraft()), columnsOf(group.x), lane);
  if (lane == 0u) {
    let part = partOf(group);
    parts[part].top = best[0];
    parts[part].topId = bestId[0];
    parts[part].invalid = bad;
  }
  if (group.x == 0u) {
    for (var bin = lane; bin < BINS; bin += WIDTH) {
      atomicStore(&searches[group.y].bins[bin], 0u);
    }
    if (lane == 0u) {
      searches[group.y].least = 0u;
    }
  }
}

@compute @workgroup_size(WIDTH)
fn powerSlice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let bad = joinRow(group.y, lane);
  let sum = powersOf(startOf(group.y), columnsOf(group.x), best[0], bestId[0], bad, lane);
  if (lane == 0u) {
    parts[partOf(group)].power = sum;
  }
}

@compute @workgroup_size(WIDTH)
fn countSlice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let scale = nucleusScale(totalOf(group.y, lane), joinRow(group.y, lane));
  let above = select(0u, searches[group.y].prefix, shape.digit < DIGITS);
  clearBins(lane);
  let isNucleus = shape.isNucleus == 1u;
  let start = startOf(group.y);
  countDigit(start, columnsOf(group.x), searches[group.y].least, select(0.0, scale, isNucleus), (shape.digit - 1u) * DIGIT, above, lane);
  for (var bin = lane; bin < BINS; bin += WIDTH) {
    let count = atomicLoad(&bins[bin]);
    if (count > 0u) {
      atomicAdd(&searches[group.y].bins[bin], count);
    }
  }
}

@compute @workgroup_size(WIDTH)
fn chooseRow(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  for (var bin = lane; bin < BINS; bin += WIDTH) {
    atomicStore(&bins[bin], atomicExchange(&searches[group.x].bins[bin], 0u));
  }
  workgroupBarrier();
  if (lane == 0u) {
    let isFirst = shape.digit == DIGITS;
    needed = select(searches[group.x].needed, select(settings.topK, nucleusNeed(), shape.isNucleus == 1u), isFirst);
    chooseDigit(select(searches[group.x].prefix, 0u, isFirst));
    searches[group.x].prefix = prefix;
    searches[group.x].needed = needed;
    if (shape.digit == 1u) {
      searches[group.x].least = max(prefix, searches[group.x].least);
    }
  }
}

@compute @workgroup_size(WIDTH)
fn sumSlice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let sum = sumFrom(startOf(group.y), columnsOf(group.x), searches[group.y].least, lane);
  if (lane == 0u) {
    parts[partOf(group)].power = sum;
  }
}

// Powers of a slice to probabilities, and what the coupled rule's race has to know of them.
fn finishSlice(group: vec3<u32>, start: u32, position: u32, lane: u32) {
  let total = totalOf(group.y, lane);
  let bad = joinRow(group.y, lane);
  normalise(start, columnsOf(group.x), searches[group.y].least, total, bad, lane);
  if (settings.coupled == 1u) {
    race(start, position, columnsOf(group.x), lane);
    if (lane == 0u) {
      parts[partOf(group)].winner = best[0];
      parts[partOf(group)].winnerId = bestId[0];
    }
  }
}

// Sum of what the threads have, in the order of their runs.
fn sumOfRuns(sum: f32, lane: u32) -> f32 {
  workgroupBarrier();
  partial[lane] = sum;
  workgroupBarrier();
  return totalOfRuns();
}

// The winner of all slices, into chosenId.
fn joinRace(row: u32, lane: u32) {
  best[lane] = 0.0;
  bestId[lane] = 0u;
  for (var s = lane; s < shape.slices; s += WIDTH) {
    let part = row * shape.slices + s;
    if (parts[part].winner > best[lane]) {
      best[lane] = parts[part].winner;
      bestId[lane] = parts[part].winnerId;
    }
  }
  joinBest(lane);
  if (lane == 0u) {
    chosenId = bestId[0];
  }
}

var<workgroup> chosenSlice: u32;

// The slice in which `u` times the whole falls; chosenRest: how far into it.
fn locateSlice(row: u32, u: f32, fromResidual: bool, lane: u32) -> u32 {
  workgroupBarrier();
  if (lane == 0u) {
    var total = 0.0;
    for (var s = 0u; s < shape.slices; s++) {
      total += weightOf(row, s, fromResidual);
    }
    let aim = u * total;
    var before = 0.0;
    chosenSlice = 0u;
    for (var s = 0u; s < shape.slices; s++) {
      let weight = weightOf(row, s, fromResidual);
      if (weight > 0.0) {
        // The sum may be rounded to less than `aim`: then it is the last slice that has weight.
        chosenSlice = s;
        chosenRest = aim - before;
        before += weight;
        if (before > aim) {
          break;
        }
      }
    }
  }
  return workgroupUniformLoad(&chosenSlice);
}

fn weightOf(row: u32, slice: u32, fromResidual: bool) -> f32 {
  return select(parts[row * shape.slices + slice].weight, parts[row * shape.slices + slice].residual, fromResidual);
}

// The run of a slice in which chosenRest falls; chosenRest: how far into it.
fn locateRun(sum: f32, lane: u32) {
  workgroupBarrier();
  partial[lane] = sum;
  workgroupBarrier();
  if (lane == 0u) {
    chooseRun(chosenRest);
  }
  workgroupBarrier();
}

@compute @workgroup_size(WIDTH)
fn drawSlice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let start = startOf(group.y);
  finishSlice(group, start, firstPosition + shape.first + group.y, lane);
  let sum = sumOfRuns(sumOfRun(start, runOf(columnsOf(group.x), lane)), lane);
  if (lane == 0u) {
    parts[partOf(group)].weight = sum;
  }
}

@compute @workgroup_size(WIDTH)
fn drawRow(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = shape.first + group.x;
  let start = row * shape.vocabulary;
  if (settings.coupled == 1u) {
    joinRace(group.x, lane);
  } else {
    let slice = locateSlice(group.x, uniformAt(settings.seed, firstPosition + row, DRAFT), false, lane);
    let run = runOf(columnsOf(slice), lane);
    locateRun(sumOfRun(start, run), lane);
    if (lane == chosenLane) {
      walk(start, run);
    }
  }
  handOver(row, group.x == groups.x - 1u, lane);
}

@compute @workgroup_size(WIDTH)
fn judgeSlice(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let judged = judgedAt(shape.first + group.y);
  finishSlice(group, judged.start, judged.position, lane);
  weigh(judged, runOf(columnsOf(group.x), lane));
  let weight = sumOfRuns(sumP, lane);
  let residual = sumOfRuns(sumResidual, lane);
  if (lane == 0u) {
    parts[partOf(group)].weight = weight;
    parts[partOf(group)].residual = residual;
  }
  storeTop(partOf(group), 0u, joinTop(&topP, lane), lane);
  storeTop(partOf(group), 1u, joinTop(&topQ, lane), lane);
  storeTop(partOf(group), 2u, joinTop(&topResidual, lane), lane);
}

fn storeTop(part: u32, list: u32, top: Top, lane: u32) {
  if (lane == 0u) {
    parts[part].lists[list] = top;
  }
}

@compute @workgroup_size(WIDTH)
fn judgeRow(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let judged = judgedAt(shape.first + group.x);
  let bad = joinRow(group.x, lane);
  var mass = 0.0;
  for (var s = 0u; s < shape.slices; s++) {
    mass += parts[group.x * shape.slices + s].residual;
  }
  if (settings.coupled == 1u) {
    workgroupBarrier();
    joinRace(group.x, lane);
  } else {
    let fromResidual = judged.hasDraft && mass > 0.0;
    let slice = locateSlice(group.x, uniformAt(settings.seed, judged.position, RESIDUAL), fromResidual, lane);
    let run = runOf(columnsOf(slice), lane);
    weigh(judged, run);
    locateRun(select(sumP, sumResidual, fromResidual), lane);
    if (lane == chosenLane) {
      walkJudged(judged, fromResidual, run);
    }
  }
  workgroupBarrier();
  // Of runs of slices, so that the lowest id among equals comes first.
  topP = Top();
  topQ = Top();
  topResidual = Top();
  let run = runOf(Columns(0u, shape.slices), lane);
  for (var s = run.first; s < run.end; s++) {
    let part = group.x * shape.slices + s;
    for (var k = 0u; k < TOP; k++) {
      insert(&topP, parts[part].lists[0].ids[k], parts[part].lists[0].probabilities[k]);
      insert(&topQ, parts[part].lists[1].ids[k], parts[part].lists[1].probabilities[k]);
      insert(&topResidual, parts[part].lists[2].ids[k], parts[part].lists[2].probabilities[k]);
    }
  }
  write(judged, mass, verdict(judged, mass, bad), lane);
}

// Logits to the distribution that is sampled from, one workgroup a row or, with the passes of slices.wgsl, one a slice of it. In this order, which is web-llm's: mask, logit
// bias, presence and frequency penalty, repetition penalty, temperature, softmax, top-k, top-p.
//
// Every thread walks its own columns and a tree joins them: the order of operations depends on the vocabulary alone, so
// a row's bits do not depend on the other rows. Ties go to the lowest id.

struct Settings {
  seed: vec2<u32>,
  // 0: all probability on the largest logit.
  temperature: f32,
  // 1: off.
  topP: f32,
  // 0: off.
  topK: u32,
  repetition: f32,
  frequency: f32,
  presence: f32,
  coupled: u32,
}

struct Shape {
  vocabulary: u32,
  // Of the distributions, the row of this dispatch's first: as many tokens of the round come before it.
  first: u32,
  // Judging: how many drafts there are to judge.
  drafted: u32,
  // Of the flags below.
  flags: u32,
  // Of a row.
  slices: u32,
  // Of the threshold that slices search for: digits of its bits that are not known yet, and whether it is top-p's.
  digit: u32,
  isNucleus: u32,
}

const HAS_MASK = 1u;
const HAS_BIAS = 2u;
const HAS_COUNTS = 4u;
// The drafter put all its probability on the token that it proposed.
const ONE_HOT = 8u;
// Drafting, not judging.
const IS_DRAFT = 16u;

@group(0) @binding(0) var<uniform> settings: Settings;
@group(0) @binding(1) var<uniform> shape: Shape;
// Of the token that row 0 of the round decides.
@group(0) @binding(2) var<uniform> firstPosition: u32;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(4) var<storage, read> mask: array<u32>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read> counts: array<u32>;
@group(0) @binding(7) var<storage, read_write> sequence: array<i32>;
@group(0) @binding(8) var<storage, read_write> probabilities: array<f32>;

// Threads of a workgroup, a power of two.
override WIDTH: u32;
var<workgroup> best: array<f32, WIDTH>;
var<workgroup> bestId: array<u32, WIDTH>;
var<workgroup> partial: array<f32, WIDTH>;
var<workgroup> invalid: array<u32, WIDTH>;

// What a row or a slice of it has of columns: from first to below end.
struct Columns {
  first: u32,
  end: u32,
}

// A logit that may not be chosen. Those that may are kept between LOWEST and -LOWEST: no difference overflows.
const EXCLUDED = -3.4e38f;
const LOWEST = -1.6e38f;

var<private> notANumber: u32;

// Largest value in `best`, the lowest id among equals, into element 0.
fn joinBest(lane: u32) {
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      let other = lane + half;
      if (best[other] > best[lane] || (best[other] == best[lane] && bestId[other] < bestId[lane])) {
        best[lane] = best[other];
        bestId[lane] = bestId[other];
      }
    }
  }
  workgroupBarrier();
}

fn sumOf(value: f32, lane: u32) -> f32 {
  partial[lane] = value;
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] += partial[lane + half];
    }
  }
  return workgroupUniformLoad(&partial[0]);
}

fn penalised() -> bool {
  return settings.repetition != 1.0 || settings.frequency != 0.0 || settings.presence != 0.0;
}

// How often `id` was committed.
fn committed(id: u32) -> u32 {
  if ((shape.flags & HAS_COUNTS) == 0u) {
    return 0u;
  }
  return counts[id];
}

// The logit of `id` after mask, bias, penalties for `count` occurrences, and temperature.
fn shapedLogit(source: u32, row: u32, id: u32, count: u32) -> f32 {
  var x = logits[source * shape.vocabulary + id];
  // Tested by its bits: a compiler may assume that no float is a NaN or infinite.
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u || bits == 0x7f800000u) {
    notANumber = 1u;
    return EXCLUDED;
  }
  if (bits == 0xff800000u) {
    return EXCLUDED;
  }
  if ((shape.flags & HAS_MASK) != 0u) {
    let words = (shape.vocabulary + 31u) / 32u;
    if (((mask[row * words + id / 32u] >> (id % 32u)) & 1u) == 0u) {
      return EXCLUDED;
    }
  }
  if ((shape.flags & HAS_BIAS) != 0u) {
    x += bias[id];
  }
  if (count > 0u) {
    x -= settings.presence + f32(count) * settings.frequency;
    if (x > 0.0) {
      x /= settings.repetition;
    } else {
      x *= settings.repetition;
    }
  }
  if (settings.temperature > 0.0) {
    x /= settings.temperature;
  }
  return clamp(x, LOWEST, -LOWEST);
}

fn sumFrom(start: u32, columns: Columns, least: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var j = columns.first + lane; j < columns.end; j += WIDTH) {
    let power = probabilities[start + j];
    if (bitcast<u32>(power) >= least) {
      sum += power;
    }
  }
  return sumOf(sum, lane);
}

// Columns of row `source` of the logits, shaped, to row `row` of the probabilities; the largest and its id into element 0 of `best`
// and `bestId`. The drafts before this row are sequence[firstDraft .. firstDraft + row - 1]. Returns 1 where a logit is invalid, else 0.
fn shapeColumns(source: u32, row: u32, firstDraft: u32, columns: Columns, lane: u32) -> u32 {
  let start = row * shape.vocabulary;
  notANumber = 0u;
  for (var j = columns.first + lane; j < columns.end; j += WIDTH) {
    probabilities[start + j] = shapedLogit(source, row, j, select(0u, committed(j), penalised()));
  }
  if (penalised()) {
    for (var k = 0u; k < row; k++) {
      let id = u32(sequence[firstDraft + k]);
      if (id >= columns.first && id < columns.end && (id - columns.first) % WIDTH == lane) {
        var count = committed(id);
        for (var l = 0u; l < row; l++) {
          count += select(0u, 1u, u32(sequence[firstDraft + l]) == id);
        }
        probabilities[start + id] = shapedLogit(source, row, id, count);
      }
    }
  }

  var largest = EXCLUDED;
  var largestId = shape.vocabulary;
  for (var j = columns.first + lane; j < columns.end; j += WIDTH) {
    let x = probabilities[start + j];
    if (x > largest) {
      largest = x;
      largestId = j;
    }
  }
  best[lane] = largest;
  bestId[lane] = largestId;
  invalid[lane] = notANumber;
  return joinTops(lane);
}

// The largest that threads found into element 0; returns whether any found an invalid one.
fn joinTops(lane: u32) -> u32 {
  joinBest(lane);
  var bad = 0u;
  for (var l = 0u; l < WIDTH; l++) {
    bad |= invalid[l];
  }
  return bad;
}

// Shaped logits to powers, relative to the row's largest: in [0, 1]. Returns their sum.
fn powersOf(start: u32, columns: Columns, top: f32, topId: u32, bad: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var j = columns.first + lane; j < columns.end; j += WIDTH) {
    let x = probabilities[start + j];
    var power = 0.0;
    if (bad == 0u && x > EXCLUDED) {
      if (settings.temperature > 0.0) {
        power = exp(x - top);
      } else if (j == topId) {
        power = 1.0;
      }
    }
    probabilities[start + j] = power;
    sum += power;
  }
  return sumOf(sum, lane);
}

// Powers to probabilities, of which the others of the workgroup read what this thread wrote.
fn normalise(start: u32, columns: Columns, least: u32, total: f32, bad: u32, lane: u32) {
  for (var j = columns.first + lane; j < columns.end; j += WIDTH) {
    let power = probabilities[start + j];
    probabilities[start + j] = select(0.0, power / total, bad == 0u && bitcast<u32>(power) >= least);
  }
  storageBarrier();
  workgroupBarrier();
}

// Row `source` of the logits to row `row` of the probabilities; a row with an invalid logit, or with nothing that may be
// chosen, becomes all zeros. Returns 1 for an invalid row, else 0.
fn shapeRow(source: u32, row: u32, firstDraft: u32, lane: u32) -> u32 {
  let start = row * shape.vocabulary;
  let columns = Columns(0u, shape.vocabulary);
  var bad = shapeColumns(source, row, firstDraft, columns, lane);
  let top = best[0];
  let topId = bestId[0];
  bad |= select(0u, 1u, topId == shape.vocabulary);
  var total = powersOf(start, columns, top, topId, bad, lane);
  var least = 0u;
  if (hasTopK()) {
    least = threshold(start, columns, least, 0.0, settings.topK, lane);
    total = sumFrom(start, columns, least, lane);
  }
  if (settings.topP < 1.0) {
    least = threshold(start, columns, least, nucleusScale(total, bad), nucleusNeed(), lane);
    total = sumFrom(start, columns, least, lane);
  }
  normalise(start, columns, least, total, bad, lane);
  return bad;
}

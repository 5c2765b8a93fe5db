// Logits to the distribution that is sampled from, one workgroup a row. In this order, which is web-llm's: mask, logit
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
  // Drafting: how many tokens have been drafted before this one. Judging: how many drafts there are to judge.
  drafted: u32,
  // Of the flags below.
  flags: u32,
}

const HAS_MASK = 1u;
const HAS_BIAS = 2u;
const HAS_COUNTS = 4u;
// The drafter put all its probability on the token that it proposed.
const ONE_HOT = 8u;

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

const DIGIT = 8u;
const DIGITS = 4u;
const BINS = 1u << DIGIT;
var<workgroup> bins: array<atomic<u32>, BINS>;
var<workgroup> prefix: u32;
var<workgroup> needed: u32;

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

// What a token counts for in a threshold: 1 each, or its share in units of 1 / scale.
fn unitsOf(power: f32, scale: f32) -> u32 {
  if (scale == 0.0) {
    return 1u;
  }
  return u32(power * scale + 0.5);
}

// Bits of the largest value such that the tokens of at least that value count for `need` or more; `least` where all of
// those that are `least` or more count for less. Floats that are not negative are ordered as their bits: the digits of
// a radix search, each over a histogram. Its counts are whole numbers, so the order in which threads add does not matter.
fn threshold(start: u32, least: u32, scale: f32, need: u32, lane: u32) -> u32 {
  if (lane == 0u) {
    prefix = 0u;
    needed = need;
  }
  for (var digit = DIGITS; digit > 0u; digit--) {
    let shift = (digit - 1u) * DIGIT;
    let above = workgroupUniformLoad(&prefix);
    for (var bin = lane; bin < BINS; bin += WIDTH) {
      atomicStore(&bins[bin], 0u);
    }
    workgroupBarrier();
    for (var j = lane; j < shape.vocabulary; j += WIDTH) {
      let power = probabilities[start + j];
      let bits = bitcast<u32>(power);
      if (bits >= least && ((bits >> shift) >> DIGIT) == above) {
        atomicAdd(&bins[(bits >> shift) % BINS], unitsOf(power, scale));
      }
    }
    workgroupBarrier();
    if (lane == 0u) {
      var bin = BINS - 1u;
      var rest = needed;
      var here = atomicLoad(&bins[bin]);
      while (here < rest && bin > 0u) {
        rest -= here;
        bin--;
        here = atomicLoad(&bins[bin]);
      }
      prefix = (above << DIGIT) | bin;
      needed = rest;
    }
  }
  return max(workgroupUniformLoad(&prefix), least);
}

fn sumFrom(start: u32, least: u32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    let power = probabilities[start + j];
    if (bitcast<u32>(power) >= least) {
      sum += power;
    }
  }
  return sumOf(sum, lane);
}

// Row `source` of the logits to row `row` of the probabilities; a row with an invalid logit, or with nothing that may be
// chosen, becomes all zeros. The drafts before this row are sequence[first .. first + row - 1]. Returns 1 for an invalid
// row, else 0.
fn shapeRow(source: u32, row: u32, first: u32, lane: u32) -> u32 {
  let start = row * shape.vocabulary;
  notANumber = 0u;
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    probabilities[start + j] = shapedLogit(source, row, j, select(0u, committed(j), penalised()));
  }
  if (penalised()) {
    for (var k = 0u; k < row; k++) {
      let id = u32(sequence[first + k]);
      if (id < shape.vocabulary && id % WIDTH == lane) {
        var count = committed(id);
        for (var l = 0u; l < row; l++) {
          count += select(0u, 1u, u32(sequence[first + l]) == id);
        }
        probabilities[start + id] = shapedLogit(source, row, id, count);
      }
    }
  }

  var largest = EXCLUDED;
  var largestId = shape.vocabulary;
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    let x = probabilities[start + j];
    if (x > largest) {
      largest = x;
      largestId = j;
    }
  }
  best[lane] = largest;
  bestId[lane] = largestId;
  invalid[lane] = notANumber;
  joinBest(lane);
  var bad = 0u;
  for (var l = 0u; l < WIDTH; l++) {
    bad |= invalid[l];
  }
  let top = best[0];
  let topId = bestId[0];
  bad |= select(0u, 1u, topId == shape.vocabulary);

  // Powers, relative to the largest: in [0, 1].
  var sum = 0.0;
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
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
  var total = sumOf(sum, lane);

  var least = 0u;
  if (settings.topK > 0u && settings.topK < shape.vocabulary) {
    least = threshold(start, least, 0.0, settings.topK, lane);
    total = sumFrom(start, least, lane);
  }
  if (settings.topP < 1.0) {
    least = threshold(start, least, select(0x1p31 / total, 0.0, bad == 1u), max(1u, u32(settings.topP * 0x1p31)), lane);
    total = sumFrom(start, least, lane);
  }
  for (var j = lane; j < shape.vocabulary; j += WIDTH) {
    let power = probabilities[start + j];
    probabilities[start + j] = select(0.0, power / total, bad == 0u && bitcast<u32>(power) >= least);
  }
  // Others of the workgroup read what this thread wrote.
  storageBarrier();
  workgroupBarrier();
  return bad;
}

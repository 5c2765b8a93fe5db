// The least probability that top-k or top-p keeps, by a radix search over the bits of the powers of distribution.wgsl.

const DIGIT = 8u;
const DIGITS = 4u;
const BINS = 1u << DIGIT;
var<workgroup> bins: array<atomic<u32>, BINS>;
var<workgroup> prefix: u32;
var<workgroup> needed: u32;

// What a token counts for in a threshold: 1 each, or its share in units of 1 / scale.
fn unitsOf(power: f32, scale: f32) -> u32 {
  if (scale == 0.0) {
    return 1u;
  }
  return u32(power * scale + 0.5);
}

fn clearBins(lane: u32) {
  for (var bin = lane; bin < BINS; bin += WIDTH) {
    atomicStore(&bins[bin], 0u);
  }
  workgroupBarrier();
}

// Into the bins: of the tokens of `least` or more whose higher digits are `above`, what each counts for, by the next digit.
fn countDigit(start: u32, columns: Columns, least: u32, scale: f32, shift: u32, above: u32, lane: u32) {
  for (var j = columns.first + lane; j < columns.end; j += WIDTH) {
    let power = probabilities[start + j];
    let bits = bitcast<u32>(power);
    if (bits >= least && ((bits >> shift) >> DIGIT) == above) {
      atomicAdd(&bins[(bits >> shift) % BINS], unitsOf(power, scale));
    }
  }
  workgroupBarrier();
}

// By one thread: the next digit into `prefix`, and what is needed of its bin into `needed`.
fn chooseDigit(above: u32) {
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

// Bits of the largest value such that the tokens of at least that value count for `need` or more; `least` where all of
// those that are `least` or more count for less. Floats that are not negative are ordered as their bits: the digits of
// a radix search, each over a histogram. Its counts are whole numbers, so the order in which threads add does not matter.
fn threshold(start: u32, columns: Columns, least: u32, scale: f32, need: u32, lane: u32) -> u32 {
  if (lane == 0u) {
    prefix = 0u;
    needed = need;
  }
  for (var digit = DIGITS; digit > 0u; digit--) {
    let above = workgroupUniformLoad(&prefix);
    clearBins(lane);
    countDigit(start, columns, least, scale, (digit - 1u) * DIGIT, above, lane);
    if (lane == 0u) {
      chooseDigit(above);
    }
  }
  return max(workgroupUniformLoad(&prefix), least);
}

// In what tokens count to top-p: its share of the whole is this many units.
fn nucleusNeed() -> u32 {
  return max(1u, u32(settings.topP * 0x1p31));
}

fn nucleusScale(total: f32, bad: u32) -> f32 {
  return select(0x1p31 / total, 0.0, bad == 1u);
}

fn hasTopK() -> bool {
  return settings.topK > 0u && settings.topK < shape.vocabulary;
}

/** Statistics of counts: whether two samples may come from one distribution, and how far apart they are. */

export interface ChiSquare {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Probability of a statistic this large or larger where both samples come from one distribution. */
  readonly pValue: number;
  /** Cells compared, after those with few expected counts were pooled into one. */
  readonly cells: number;
}

/** Fewest expected counts of a cell that stands alone (Cochran 1954). */
const FEWEST_EXPECTED = 5;

/**
 * Pearson's chi-square test of homogeneity of two samples of categories (2 × k table, k - 1 degrees of freedom). Categories in which
 * either sample is expected to have fewer than five are pooled.
 *
 * @returns null if fewer than two cells are left: then nothing can be told
 */
export function chiSquareOfTwo(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): ChiSquare | null {
  const [n1, n2] = [total(first), total(second)];
  if (n1 === 0 || n2 === 0) return null;
  const share = Math.min(n1, n2) / (n1 + n2);
  const cells: [number, number][] = [];
  const pooled: [number, number] = [0, 0];
  for (const category of new Set([...first.keys(), ...second.keys()])) {
    const [a, b] = [first.get(category) ?? 0, second.get(category) ?? 0];
    if ((a + b) * share >= FEWEST_EXPECTED) cells.push([a, b]);
    else {
      pooled[0] += a;
      pooled[1] += b;
    }
  }
  if ((pooled[0] + pooled[1]) * share >= FEWEST_EXPECTED) cells.push(pooled);
  if (cells.length < 2) return null;
  const sums = cells.reduce(([a, b], [x, y]) => [a + x, b + y], [0, 0] as const);
  const all = sums[0] + sums[1];
  let statistic = 0;
  for (const cell of cells) {
    for (const side of [0, 1] as const) {
      const expected = ((cell[0] + cell[1]) * sums[side]) / all;
      statistic += (cell[side] - expected) ** 2 / expected;
    }
  }
  const degreesOfFreedom = cells.length - 1;
  return { statistic, degreesOfFreedom, pValue: chiSquareTail(statistic, degreesOfFreedom), cells: cells.length };
}

/** Upper tail of the chi-square distribution: Q(k / 2, x / 2), the regularised upper incomplete gamma function (DLMF 8.2.4). */
export function chiSquareTail(statistic: number, degreesOfFreedom: number): number {
  return upperGamma(degreesOfFreedom / 2, statistic / 2);
}

/**
 * The total variation distance of two distributions from which on the test of two samples of `size` each finds it with probability `power` or
 * more. Two samples that differ by d have a noncentrality of at least 2 · size · d² (Cauchy-Schwarz on Σ (a − b)² / (a + b)), so the distance is one
 * that suffices; many differences are found earlier.
 *
 * @param level the p-value below which a difference counts as found
 * @returns in [0, 1]
 */
export function detectableDistance(size: number, degreesOfFreedom: number, level: number, power: number): number {
  const critical = rootOf((statistic) => level - chiSquareTail(statistic, degreesOfFreedom), 1e4);
  const noncentrality = rootOf((lambda) => noncentralTail(critical, degreesOfFreedom, lambda) - power, 1e4);
  return Math.min(1, Math.sqrt(noncentrality / (2 * size)));
}

/** Upper tail of the noncentral chi-square distribution: central ones, weighted by Poisson's (Johnson, Kotz, Balakrishnan 1995, 29.3). */
export function noncentralTail(statistic: number, degreesOfFreedom: number, noncentrality: number): number {
  const mean = noncentrality / 2;
  const spread = 12 * Math.sqrt(mean) + 20;
  let tail = 0;
  for (let j = Math.max(0, Math.floor(mean - spread)); j <= mean + spread; j++) {
    const weight = mean === 0 ? (j === 0 ? 1 : 0) : Math.exp(j * Math.log(mean) - mean - logGamma(j + 1));
    tail += weight * chiSquareTail(statistic, degreesOfFreedom + 2 * j);
  }
  return Math.min(1, tail);
}

/** Where `rising` crosses 0 between 0 and `high`, by bisection. */
function rootOf(rising: (x: number) => number, high: number): number {
  let [low, top] = [0, high];
  for (let step = 0; step < 60; step++) {
    const middle = (low + top) / 2;
    if (rising(middle) < 0) low = middle;
    else top = middle;
  }
  return top;
}

/** Total variation distance of two samples' shares: half the sum of their absolute differences. */
export function totalVariation(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): number {
  const [n1, n2] = [total(first), total(second)];
  let sum = 0;
  for (const category of new Set([...first.keys(), ...second.keys()])) {
    sum += Math.abs((first.get(category) ?? 0) / n1 - (second.get(category) ?? 0) / n2);
  }
  return sum / 2;
}

/**
 * What the total variation distance of two samples of these sizes is where both come from one distribution, the one of both together:
 * the quantile `level` over resamples. A distance above it speaks against one distribution.
 *
 * @param draw uniform numbers in [0, 1)
 */
export function totalVariationOfEqual(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
  draw: () => number,
  level = 0.95,
  resamples = 400,
): number {
  const pool = [first, second].flatMap((sample) => [...sample].flatMap(([category, count]) => Array<string>(count).fill(category)));
  const distances = Array.from({ length: resamples }, () =>
    totalVariation(sampleOf(pool, total(first), draw), sampleOf(pool, total(second), draw)),
  ).sort((a, b) => a - b);
  return distances[Math.min(resamples - 1, Math.floor(level * resamples))] as number;
}

function sampleOf(pool: readonly string[], size: number, draw: () => number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < size; i++) {
    const category = pool[Math.floor(draw() * pool.length)] as string;
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return counts;
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

/** Q(a, x), by its series below x = a + 1 and by its continued fraction above (Lentz's method; Abramowitz and Stegun 6.5.29, 6.5.31). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-16; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.max(0, 1 - sum * scale);
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return scale * fraction;
}

/** Lanczos' approximation of ln Γ(x), x > 0 (g = 7, nine terms). */
function logGamma(x: number): number {
  const COEFFICIENTS = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const t = x + 6.5;
  const sum = COEFFICIENTS.reduce((series, coefficient, i) => (i === 0 ? coefficient : series + coefficient / (x - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

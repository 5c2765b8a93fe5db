import { describe, expect, it } from 'vitest';
import {
  chiSquareOfTwo,
  chiSquareTail,
  detectableDistance,
  noncentralTail,
  totalVariation,
  totalVariationOfEqual,
} from '../../src/core/study/stats';
import { randomNumbers } from '../support/random';

const counts = (entries: Record<string, number>) => new Map(Object.entries(entries));

function sample(shares: Record<string, number>, size: number, draw: () => number) {
  const drawn = new Map<string, number>();
  for (let i = 0; i < size; i++) {
    const at = draw();
    let sum = 0;
    const category = Object.keys(shares).find((key) => {
      sum += shares[key] as number;
      return at < sum;
    }) as string;
    drawn.set(category, (drawn.get(category) ?? 0) + 1);
  }
  return drawn;
}

describe('the tail of the chi-square distribution', () => {
  // Critical values of the tables (Abramowitz and Stegun 26.8), and exact tails: exp(-x / 2) for two degrees of freedom.
  it.each([
    [3.841459, 1, 0.05],
    [6.634897, 1, 0.01],
    [18.307038, 10, 0.05],
    [124.342113, 100, 0.05],
    [10.827566, 1, 0.001],
  ])('at %d with %d degrees of freedom is %d', (statistic, degrees, tail) => {
    expect(chiSquareTail(statistic, degrees)).toBeCloseTo(tail, 6);
  });

  it('is exponential for two degrees of freedom', () => {
    for (const x of [0, 0.1, 1, 5, 30, 200]) expect(chiSquareTail(x, 2)).toBeCloseTo(Math.exp(-x / 2), 12);
  });
});

describe('the test of two samples', () => {
  it('is the textbook’s 2 × 2 table', () => {
    const result = chiSquareOfTwo(counts({ yes: 20, no: 30 }), counts({ yes: 35, no: 15 }));
    expect(result?.statistic).toBeCloseTo(9.0909, 4);
    expect(result).toMatchObject({ degreesOfFreedom: 1, cells: 2 });
    expect(result?.pValue).toBeCloseTo(0.002569, 5);
  });

  it('pools what is rare, and says nothing where nothing is left to compare', () => {
    expect(chiSquareOfTwo(counts({ a: 50, b: 2, c: 4, d: 1 }), counts({ a: 48, b: 4, c: 3, e: 2 }))?.cells).toBe(2);
    expect(chiSquareOfTwo(counts({ a: 9 }), counts({ a: 9 }))).toBeNull();
    expect(chiSquareOfTwo(new Map(), counts({ a: 9 }))).toBeNull();
  });

  it('rejects one distribution as often as its level says, and another one nearly always', () => {
    const draw = randomNumbers(5);
    const shares = { a: 0.5, b: 0.3, c: 0.15, d: 0.05 };
    const rejected = (other: Record<string, number>) =>
      Array.from({ length: 400 }, () => chiSquareOfTwo(sample(shares, 300, draw), sample(other, 300, draw))?.pValue ?? 1).filter(
        (p) => p < 0.05,
      ).length / 400;
    const falsely = rejected(shares);
    expect(falsely).toBeGreaterThan(0.02);
    expect(falsely).toBeLessThan(0.09);
    expect(rejected({ a: 0.3, b: 0.5, c: 0.15, d: 0.05 })).toBeGreaterThan(0.95);
  });
});

describe('total variation', () => {
  it('is 0 for equal shares and 1 for disjoint ones', () => {
    expect(totalVariation(counts({ a: 1, b: 1 }), counts({ a: 5, b: 5 }))).toBe(0);
    expect(totalVariation(counts({ a: 3 }), counts({ b: 7 }))).toBe(1);
    expect(totalVariation(counts({ a: 3, b: 1 }), counts({ a: 1, b: 3 }))).toBe(0.5);
  });

  it('of samples of one distribution stays below what resamples allow, of others it does not', () => {
    const draw = randomNumbers(9);
    const shares = { a: 0.6, b: 0.4 };
    const [first, same, other] = [shares, shares, { a: 0.4, b: 0.6 }].map((each) => sample(each, 500, draw));
    if (!first || !same || !other) throw new Error('three samples');
    expect(totalVariation(first, same)).toBeLessThan(totalVariationOfEqual(first, same, draw));
    expect(totalVariation(first, other)).toBeGreaterThan(totalVariationOfEqual(first, other, draw));
  });
});

describe('the power of the test', () => {
  it('is the level itself where nothing differs, and the table’s where it does', () => {
    expect(noncentralTail(3.841459, 1, 0)).toBeCloseTo(0.05, 6);
    // One degree of freedom is a shifted normal's square: P(|Z + 3| > 1.96) = 0.8508.
    expect(noncentralTail(1.959964 ** 2, 1, 9)).toBeCloseTo(0.8508, 3);
    // Cohen 1988, table 9.3: power 0.90 at level 0.01 with one degree of freedom takes a noncentrality of 14.88.
    expect(2 * 500 * detectableDistance(500, 1, 0.01, 0.9) ** 2).toBeCloseTo(14.88, 1);
  });

  it('finds a difference of the size that is named as often as it says', () => {
    const size = 400;
    const distance = detectableDistance(size, 3, 0.01, 0.9);
    const draw = randomNumbers(11);
    let found = 0;
    for (let trial = 0; trial < 300; trial++) {
      const one = sample({ a: 0.25, b: 0.25, c: 0.25, d: 0.25 }, size, draw);
      const half = distance / 2;
      const other = sample({ a: 0.25 + half, b: 0.25 + half, c: 0.25 - half, d: 0.25 - half }, size, draw);
      if ((chiSquareOfTwo(one, other)?.pValue ?? 1) < 0.01) found++;
    }
    expect(found / 300).toBeGreaterThan(0.84);
  });
});

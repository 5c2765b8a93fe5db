import { describe, expect, it } from 'vitest';
import {
  bestGamma,
  breakEven,
  type Calibration,
  costRatio,
  expectedTokens,
  predictedSpeedup,
  roundMs,
  verifyRatio,
  withFreeDrafts,
} from '../../src/core/cost/cost';

/** A row more costs half a decode, a draft step a tenth; attention adds a fifth by 1,000 tokens. */
const costs: Calibration = {
  rows: [1, 2, 17],
  contexts: [0, 1000],
  verifyMs: [
    [10, 15, 90],
    [12, 18, 108],
  ],
  draftMs: [1, 1.2],
  readbackMs: 0.2,
  plainFixedMs: 0,
  roundFixedMs: 0,
};

describe('expected tokens', () => {
  it('are the geometric sum of equation 1 where one rate holds everywhere', () => {
    for (const rate of [0, 0.3, 0.8, 0.99]) {
      for (const gamma of [0, 1, 4, 16]) {
        expect(expectedTokens(rate, gamma)).toBeCloseTo((1 - rate ** (gamma + 1)) / (1 - rate), 10);
      }
    }
    expect(expectedTokens(1, 5)).toBe(6);
  });

  it('follow the rates of the positions, the last of which holds on', () => {
    expect(expectedTokens([0.5, 0.8], 3)).toBeCloseTo(1 + 0.5 + 0.4 + 0.32, 10);
    expect(expectedTokens([], 3)).toBe(1);
  });
});

describe('costs', () => {
  it('are fitted between what was measured and beyond it', () => {
    expect(roundMs(costs, 0, 0)).toBe(10);
    expect(roundMs(costs, 2, 0)).toBeCloseTo(2 + 20, 10);
    expect(roundMs(costs, 2, 0, 'ngram')).toBeCloseTo(20, 10);
    expect(roundMs(withFreeDrafts(costs), 2, 0)).toBeCloseTo(20, 10);
    expect(roundMs(costs, 1, 500)).toBeCloseTo(1.1 + 16.5, 10);
    expect(roundMs(costs, 0, 2000)).toBeCloseTo(14, 10);
    expect(costRatio(costs, 0)).toBeCloseTo(0.1, 10);
    expect(verifyRatio(costs, 4, 0)).toBeCloseTo(3, 10);
  });

  it('never fall below what was measured, so that no round is free', () => {
    const falling = {
      ...costs,
      contexts: [100, 200],
      draftMs: [1, 0.1],
      verifyMs: [
        [10, 20, 30],
        [1, 2, 3],
      ],
    };
    expect(roundMs(falling, 0, 150)).toBeCloseTo(5.5, 10);
    for (const context of [200, 500, 5000]) expect(roundMs(falling, 0, context)).toBeCloseTo(1, 10);
    expect(Number.isFinite(predictedSpeedup(falling, 1, 1, 5000))).toBe(true);
  });

  it('decide what speculation gains', () => {
    expect(predictedSpeedup(costs, 0.5, 0, 0)).toBe(1);
    expect(predictedSpeedup(costs, 1, 4, 0)).toBeCloseTo(50 / 34, 10);
    expect(predictedSpeedup({ ...costs, plainFixedMs: 5, roundFixedMs: 6 }, 1, 4, 0)).toBeCloseTo((5 * 15) / 40, 10);
  });

  it('give the rate at which drafting pays, and say where none does', () => {
    const even = breakEven(costs, 4, 0) as number;
    expect(predictedSpeedup(costs, even, 4, 0)).toBeCloseTo(1, 6);
    expect(breakEven({ ...costs, draftMs: [9, 9] }, 4, 0)).toBeNull();
  });

  it('choose the length by the rate, and none for a bad draft', () => {
    expect(bestGamma(costs, 0.2, 0, 16)).toBe(0);
    expect(bestGamma(costs, 1, 0, 16)).toBe(16);
    const [few, many] = [0.75, 0.9].map((rate) => bestGamma(costs, rate, 0, 16)) as [number, number];
    expect(few).toBeGreaterThan(0);
    expect(many).toBeGreaterThan(few);
  });
});

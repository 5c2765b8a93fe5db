import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import { checkSamplePlan, LEAST_REJECTED, proofKind, proofVerdict, sampleSettings, triedBy } from '../../src/core/study/proof';
import { type Beginning, histogramOf, judgeSamples } from '../../src/core/study/sameDistribution';

const SETTINGS = { ...DEFAULT_RUN, sampling: { ...GREEDY, temperature: 0.8, seed: 5 } };
const PLAN = { size: 100, tokens: 4 };

/** A sample with each key as often as it says. */
const sample = (counts: Readonly<Record<string, number>>): Beginning[] =>
  Object.entries(counts).flatMap(([key, count]) => Array<Beginning>(count).fill({ key, text: key, judged: 1, rejected: 0 }));

describe('a proof', () => {
  it('compares distributions only where two runs are two draws', () => {
    expect(proofKind({ temperature: 0, rule: 'rejection' })).toBe('ids');
    expect(proofKind({ temperature: 0.8, rule: 'coupled' })).toBe('ids');
    expect(proofKind({ temperature: 0.8, rule: 'rejection' })).toBe('distribution');
  });

  it('samples with a seed for each run of each side, at the same temperature except the control', () => {
    const asked = (['plain', 'speculative', 'control'] as const).flatMap((side) =>
      [0, 99].map((i) => sampleSettings(SETTINGS, PLAN, side, i)),
    );
    expect(new Set(asked.map(({ sampling }) => sampling.seed)).size).toBe(6);
    expect(asked.map(({ mode }) => mode)).toEqual(['plain', 'plain', 'speculative', 'speculative', 'plain', 'plain']);
    expect(asked.map(({ sampling }) => sampling.temperature)).toEqual([0.8, 0.8, 0.8, 0.8, 1.4, 1.4]);
    for (const settings of asked) expect(settings).toMatchObject({ maxTokens: 4, ignoreStopTokens: true, gamma: 3 });
  });

  it('refuses what cannot be sampled', () => {
    for (const wrong of [{ size: 19 }, { size: 20.5 }, { size: Number.NaN }, { size: 5001 }, { tokens: 2 }, { tokens: 9 }])
      expect(() => checkSamplePlan({ ...PLAN, ...wrong }), JSON.stringify(wrong)).toThrow(FailureError);
    expect(() => checkSamplePlan(PLAN)).not.toThrow();
    const last = { ...SETTINGS, sampling: { ...SETTINGS.sampling, seed: Number.MAX_SAFE_INTEGER } };
    expect(() => sampleSettings(last, PLAN, 'control', 0)).toThrow(FailureError);
  });
});

describe('a comparison without a difference', () => {
  const judgement = judgeSamples(sample({ a: 60, b: 40 }), sample({ a: 55, b: 45 }));
  const speculative = (rejected: number): Beginning[] =>
    Array.from({ length: 100 }, (_, i) => ({ key: 'a', text: 'a', judged: 2, rejected: i < rejected ? 1 : 0 }));

  it('counts as shown only where the residual was tried often enough', () => {
    expect(triedBy(speculative(0))).toEqual({ judged: 200, rejected: 0, enough: false });
    for (const [rejected, verdict] of [
      [0, 'untried'],
      [LEAST_REJECTED - 1, 'untried'],
      [LEAST_REJECTED, 'alike'],
    ] as const)
      expect(proofVerdict(judgement, triedBy(speculative(rejected)))).toBe(verdict);
  });

  it('hides no difference that was found', () => {
    const apart = judgeSamples(sample({ a: 60, b: 40 }), sample({ a: 30, b: 70 }));
    expect(proofVerdict(apart, triedBy(speculative(0)))).toBe('apart');
  });
});

describe('two samples', () => {
  it('are alike, apart or unclear, with the difference that would have been found', () => {
    const alike = judgeSamples(sample({ a: 60, b: 40 }), sample({ a: 55, b: 45 }));
    expect(alike.verdict).toBe('alike');
    expect(alike.distance).toBeCloseTo(0.05, 12);
    expect(alike.detectable).toBeGreaterThan(0.05);
    expect(judgeSamples(sample({ a: 60, b: 40 }), sample({ a: 30, b: 70 })).verdict).toBe('apart');
    expect(judgeSamples(sample({ a: 60 }), sample({ a: 60 }))).toMatchObject({ verdict: 'unclear', test: null, detectable: null });
    expect(judgeSamples([], []).verdict).toBe('unclear');
  });

  it('find a difference half as large with four times the runs', () => {
    const small = judgeSamples(sample({ a: 60, b: 40 }), sample({ a: 60, b: 40 })).detectable ?? 0;
    const large = judgeSamples(sample({ a: 240, b: 160 }), sample({ a: 240, b: 160 })).detectable ?? 0;
    expect(large).toBeCloseTo(small / 2, 6);
  });

  it('stand side by side, the most frequent of the settled ones first, the rest together', () => {
    const { rows, others } = histogramOf(sample({ a: 1, b: 3, c: 1 }), sample({ b: 1, a: 2, d: 2 }), 2, 3);
    // Of the first three of each side a has three, b two.
    expect(rows).toEqual([
      { key: 'a', text: 'a', first: 1, second: 2 },
      { key: 'b', text: 'b', first: 3, second: 1 },
    ]);
    expect(others).toEqual({ categories: 2, first: 1, second: 2 });
  });
});

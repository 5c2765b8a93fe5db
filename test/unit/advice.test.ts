import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceOf, WORTH } from '../../src/core/cost/advice';
import { predictedSpeedup, verifyRatio } from '../../src/core/cost/cost';
import { costsOf, type TheoryCosts, theoryOf } from '../../src/core/cost/whatIf';

const costs = (theory: Partial<TheoryCosts>) => costsOf({ draft: 0.1, slope: 0.1, fixed: 0.05, ...theory }, 0.05);

describe('advice', () => {
  it('says what pays, and with which draft length', () => {
    const advice = adviceOf(costs({}), 0.8, 0);
    expect(advice.code).toBe('worth-it');
    expect(advice.best.speedup).toBeCloseTo(predictedSpeedup(costs({}), 0.8, advice.best.gamma, 0), 12);
    expect(advice.breakEven?.rate).toBeLessThan(0.8);
    expect(advice.ceiling).toBeGreaterThan(advice.best.speedup);
  });

  it('tells too little agreement from a slow draft and from a device for which rows are dear', () => {
    expect(adviceOf(costs({}), 0.05, 0).code).toBe('agreement-too-low');
    expect(adviceOf(costs({ draft: 1 }), 1, 0)).toMatchObject({ code: 'draft-too-slow', breakEven: null });
    expect(adviceOf(costs({ slope: 1 }), 1, 0)).toMatchObject({ code: 'device-compute-bound', breakEven: null });
  });

  it('names the lowest break-even of all lengths', () => {
    const { breakEven } = adviceOf(costs({}), 0.8, 0);
    if (!breakEven) throw new Error('there is one');
    expect(predictedSpeedup(costs({}), breakEven.rate, breakEven.gamma, 0)).toBeCloseTo(1, 6);
    for (let gamma = 1; gamma <= 16; gamma++) expect(predictedSpeedup(costs({}), breakEven.rate - 0.01, gamma, 0)).toBeLessThan(1);
  });

  it('never calls worth it what is slower, whatever the costs and the rate', () => {
    const part = fc.double({ min: 0, max: 3, noNaN: true });
    fc.assert(
      fc.property(part, part, part, fc.double({ min: 0, max: 1, noNaN: true }), (draft, slope, fixed, rate) => {
        const { code, best, ceiling } = adviceOf(costs({ draft, slope, fixed }), rate, 0);
        expect(code === 'worth-it').toBe(best.speedup >= WORTH);
        expect(ceiling).toBeGreaterThanOrEqual(best.speedup - 1e-9);
        if (code === 'draft-too-slow' || code === 'device-compute-bound') expect(ceiling).toBeLessThan(WORTH);
      }),
    );
  });
});

describe('the theory of measured costs', () => {
  it('finds again what it was made of', () => {
    const theory = { draft: 0.21, slope: 0.17, fixed: 0.3 };
    const found = theoryOf(costsOf(theory, 0.1), 0);
    expect(found.draft).toBeCloseTo(theory.draft, 12);
    expect(found.slope).toBeCloseTo(theory.slope, 12);
    expect(found.fixed).toBeCloseTo(theory.fixed, 12);
  });

  it('lays its line through one decode', () => {
    const made = costsOf({ draft: 0.2, slope: 0.4, fixed: 0 }, 0);
    expect(verifyRatio(made, 0, 0)).toBe(1);
    expect(verifyRatio(made, 5, 0)).toBeCloseTo(3, 12);
  });

  it('takes a device whose rows cost nothing more for one without a slope', () => {
    const flat = { ...costsOf({ draft: 0.2, slope: 0, fixed: 0 }, 0), rows: [1, 4, 17], verifyMs: [[2, 1.9, 1.8]] };
    expect(theoryOf(flat, 0).slope).toBe(0);
  });
});

import { LIMITS } from '../types';
import { breakEven, type Calibration, costRatio, predictedSpeedup, type Rates, verifyRatio, withFreeDrafts } from './cost';

/**
 * What costs and agreement come to. `worth-it`: some draft length is faster by `WORTH` or more. `hardly`: the fastest one gains less.
 * `agreement-too-low`: it would pay with more agreement. `draft-too-slow`: not even full agreement pays, but it would with a draft that costs
 * nothing. `device-compute-bound`: not even then, since rows cost too much to verify.
 */
export type AdviceCode = 'worth-it' | 'hardly' | 'agreement-too-low' | 'draft-too-slow' | 'device-compute-bound';

export interface Advice {
  readonly code: AdviceCode;
  /** The draft length of the highest predicted speedup at the rates, at least 1, and that speedup over plain decoding. */
  readonly best: { readonly gamma: number; readonly speedup: number };
  /** The lowest acceptance rate at which any draft length pays, and that length; null if none does. */
  readonly breakEven: { readonly rate: number; readonly gamma: number } | null;
  /** Highest speedup of any length, were every draft accepted. */
  readonly ceiling: number;
  /** c, and v(γ) for the best length. */
  readonly costRatio: number;
  readonly verifyRatio: number;
}

/** From here on a speedup is worth its memory. */
export const WORTH = 1.05;

const LENGTHS = Array.from({ length: LIMITS.gamma.max }, (_, i) => i + 1);

/**
 * Whether speculation pays, and what stands in its way where it does not.
 *
 * @param rates conditional acceptance rates, of a run or assumed
 */
export function adviceOf(costs: Calibration, rates: Rates, context: number): Advice {
  const best = highest(costs, rates, context);
  const ceiling = highest(costs, 1, context).speedup;
  const evens = LENGTHS.flatMap((gamma) => {
    const rate = breakEven(costs, gamma, context);
    return rate === null ? [] : [{ gamma, rate }];
  });
  const lowest = evens.reduce<Advice['breakEven']>((least, each) => (least && least.rate <= each.rate ? least : each), null);
  const code = codeOf(best.speedup, ceiling, highest(withFreeDrafts(costs), 1, context).speedup);
  const figures = { costRatio: costRatio(costs, context), verifyRatio: verifyRatio(costs, best.gamma, context) };
  return { code, best, breakEven: lowest, ceiling, ...figures };
}

function codeOf(speedup: number, ceiling: number, ceilingOfFreeDrafts: number): AdviceCode {
  if (speedup >= WORTH) return 'worth-it';
  if (speedup >= 1) return 'hardly';
  if (ceiling >= WORTH) return 'agreement-too-low';
  return ceilingOfFreeDrafts >= WORTH ? 'draft-too-slow' : 'device-compute-bound';
}

function highest(costs: Calibration, rates: Rates, context: number): Advice['best'] {
  return LENGTHS.map((gamma) => ({ gamma, speedup: predictedSpeedup(costs, rates, gamma, context) })).reduce((best, each) =>
    each.speedup > best.speedup ? each : best,
  );
}

import { LIMITS } from '../types';
import { type Calibration, costRatio, verifyMs } from './cost';

/** The costs of a pair as theory takes them, in decodes of the target: what sliders can move. */
export interface TheoryCosts {
  /** c: a draft step. */
  readonly draft: number;
  /** What every row beyond the first adds to a verification: v(γ) = 1 + slope · γ. */
  readonly slope: number;
  /** What a round costs beyond its forwards. */
  readonly fixed: number;
}

/** Costs that are measured, as theory takes them: v(γ) as the line through v(0) = 1 that lies closest to it (least squares). */
export function theoryOf(costs: Calibration, context: number): TheoryCosts {
  const decode = verifyMs(costs, 1, context);
  let [over, under] = [0, 0];
  for (const rows of costs.rows) {
    const gamma = rows - 1;
    if (gamma > LIMITS.gamma.max) continue;
    over += gamma * (verifyMs(costs, rows, context) / decode - 1);
    under += gamma * gamma;
  }
  return { draft: costRatio(costs, context), slope: Math.max(0, under > 0 ? over / under : 0), fixed: costs.roundFixedMs / decode };
}

/**
 * `theory` as costs for all other functions; one decode takes one millisecond.
 *
 * @param plainFixed what a plain token costs beyond its forward, in decodes
 */
export function costsOf({ draft, slope, fixed }: TheoryCosts, plainFixed: number): Calibration {
  const last = LIMITS.gamma.max + 1;
  return {
    ...{ rows: [1, last], contexts: [0], verifyMs: [[1, 1 + slope * (last - 1)]], draftMs: [draft] },
    ...{ readbackMs: 0, plainFixedMs: plainFixed, roundFixedMs: fixed },
  };
}

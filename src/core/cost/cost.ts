/**
 * What speculation costs and what it gains, from times that were measured on a device (Leviathan et al. 2023, arXiv 2211.17192, section 3,
 * with the costs as measured instead of assumed).
 */
import { LONGEST_MS } from '../clock';
import type { DraftSource } from '../types';
import { type PlainPrice, usualPlain } from './plainLength';

/**
 * Times of one pair on one device, in milliseconds; forward passes are without their readback. What is measured, stored or read is one only if it can
 * be priced (`canBePriced`).
 */
export interface Calibration {
  /** Rows of `verifyMs`, ascending, from 1. */
  readonly rows: readonly number[];
  /** Tokens in the cache at each measurement, ascending. */
  readonly contexts: readonly number[];
  /** [contexts][rows]: one target forward with its judgement. One row is a step of plain decoding. */
  readonly verifyMs: readonly (readonly number[])[];
  /** [contexts]: one draft step with its sampling. */
  readonly draftMs: readonly number[];
  /** One bare map of a small buffer, with nothing to wait for; null if the clock was too coarse to tell, 0 on the CPU, where nothing is read back. */
  readonly readbackMs: number | null;
  /**
   * What each of several plain tokens is spared that are read back together, of what one alone takes: its readback, and the waits of the GPU and the CPU for each
   * other. Absent where it was not measured: the bare readback.
   */
  readonly plainSharedMs?: number;
  /** What a plain token costs beyond its forward: readback and bookkeeping. */
  readonly plainFixedMs: number;
  /** What a speculative round costs beyond its forwards. */
  readonly roundFixedMs: number;
  /** Whether the pair was too slow to time all of it: lines stand for rows, contexts or repetitions that were left out. Absent: no. */
  readonly coarse?: boolean;
}

/** The largest share of a plain token's time that several can have once: each has a pass of its own. */
const MOST_SHARED = 0.99;

/** No pass of a model is shorter: by a clock that makes it so, nothing can be told. */
export const SHORTEST_MS = 1e-3;

/** Whether costs have a price for every round: each pass takes a time that can be, and rows and contexts ascend. Costs of a clock that stood still have none. */
export function canBePriced({ rows, contexts, verifyMs: passes, draftMs: steps, ...fixed }: Calibration): boolean {
  const ascend = (values: readonly number[]) => values.every((value, i) => i === 0 || value > (values[i - 1] as number));
  const lasts = (ms: number) => ms >= SHORTEST_MS && ms <= LONGEST_MS;
  const can = (ms: number) => ms >= 0 && ms <= LONGEST_MS;
  return (
    ascend(rows) &&
    ascend(contexts) &&
    [...passes.flat(), ...steps].every(lasts) &&
    [fixed.readbackMs ?? 0, fixed.plainSharedMs ?? 0, fixed.plainFixedMs, fixed.roundFixedMs].every(can)
  );
}

/** `costs` of a device whose forwards and other work take `by` times as long; a bare readback takes as long as before. */
export function scaleCosts(costs: Calibration, by: number): Calibration {
  const { verifyMs: passes, draftMs: steps, plainFixedMs, roundFixedMs } = costs;
  return {
    ...costs,
    verifyMs: passes.map((byRows) => byRows.map((each) => each * by)),
    draftMs: steps.map((each) => each * by),
    ...scaledShare(costs, by),
    ...{ plainFixedMs: plainFixedMs * by, roundFixedMs: roundFixedMs * by },
  };
}

/** What plain tokens share on such a device: its bare readback takes as long as before. */
export function scaledShare({ plainSharedMs, readbackMs }: Calibration, by: number): Pick<Calibration, 'plainSharedMs'> {
  if (plainSharedMs === undefined) return {};
  const bare = Math.min(readbackMs ?? 0, plainSharedMs);
  return { plainSharedMs: bare + (plainSharedMs - bare) * by };
}

/** `costs` with drafts that cost nothing but their rows, as those that are looked up. */
export function withFreeDrafts(costs: Calibration): Calibration {
  return { ...costs, draftMs: costs.draftMs.map(() => 0) };
}

/** Conditional acceptance rates: one for every position, or one for each, of which the last holds for all that follow. */
export type Rates = number | readonly number[];

/** Milliseconds of one target forward over `rows` rows with `context` tokens in the cache, fitted linearly between what was measured. */
export function verifyMs(costs: Calibration, rows: number, context: number): number {
  return interpolate(
    costs.contexts,
    costs.verifyMs.map((byRows) => interpolate(costs.rows, byRows, rows)),
    context,
  );
}

/** Milliseconds of one draft step. */
export function draftMs(costs: Calibration, context: number): number {
  return interpolate(costs.contexts, costs.draftMs, context);
}

/** Milliseconds of a round of `gamma` drafts; 0: plain decoding. Drafts that are looked up, or that a person types, cost nothing but their rows. */
export function roundMs(costs: Calibration, gamma: number, context: number, source: DraftSource = 'model'): number {
  if (gamma === 0) return verifyMs(costs, 1, context) + costs.plainFixedMs;
  const drafting = source === 'model' ? gamma * draftMs(costs, context) : 0;
  return drafting + verifyMs(costs, gamma + 1, context) + costs.roundFixedMs;
}

/** Milliseconds of a plain token that tokens which are read back together have once; a readback that could not be told is short, and counts as none. */
export function sharedMs(costs: Calibration, context: number): number {
  const { plainSharedMs, readbackMs, plainFixedMs } = costs;
  const least = Math.min(readbackMs ?? 0, plainFixedMs);
  return Math.min(Math.max(plainSharedMs ?? 0, least), MOST_SHARED * roundMs(costs, 0, context));
}

/** Milliseconds of a token of plain decoding: of what is shared, and of the rest. */
function plainPrice(costs: Calibration, context: number): PlainPrice {
  const shared = sharedMs(costs, context);
  return { sharedMs: shared, tokenMs: roundMs(costs, 0, context) - shared };
}

/** How many tokens plain decoding reads back together with such costs, in the middle of a long answer. */
export function plainLengthOf(costs: Calibration, context: number): number {
  return usualPlain(plainPrice(costs, context));
}

/** Milliseconds of a token of plain decoding, which reads as many back together as are fastest: what speculation has to beat. */
export function plainTokenMs(costs: Calibration, context: number): number {
  const price = plainPrice(costs, context);
  return price.sharedMs / usualPlain(price) + price.tokenMs;
}

/** Cost ratio c: a draft step in decodes of the target. */
export function costRatio(costs: Calibration, context: number): number {
  return draftMs(costs, context) / verifyMs(costs, 1, context);
}

/** Verify ratio v(γ): a forward over γ + 1 rows in decodes of the target. */
export function verifyRatio(costs: Calibration, gamma: number, context: number): number {
  return verifyMs(costs, gamma + 1, context) / verifyMs(costs, 1, context);
}

/** Expected committed tokens of a round, the target's own included: 1 + Σ over positions of the product of the rates up to it (equation 1 for one rate). */
export function expectedTokens(rates: Rates, gamma: number): number {
  let reached = 1;
  let tokens = 1;
  for (let position = 0; position < gamma; position++) {
    reached *= rateAt(rates, position);
    tokens += reached;
  }
  return tokens;
}

/** Predicted tokens per millisecond over plain decoding's, prefill left out. */
export function predictedSpeedup(costs: Calibration, rates: Rates, gamma: number, context: number, source: DraftSource = 'model'): number {
  if (gamma === 0) return 1;
  return (expectedTokens(rates, gamma) * plainTokenMs(costs, context)) / roundMs(costs, gamma, context, source);
}

/** The acceptance rate at which `gamma` drafts a round are as fast as plain decoding; null if not even full acceptance pays. */
export function breakEven(costs: Calibration, gamma: number, context: number): number | null {
  if (predictedSpeedup(costs, 1, gamma, context) < 1) return null;
  let [low, high] = [0, 1];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (predictedSpeedup(costs, middle, gamma, context) < 1) low = middle;
    else high = middle;
  }
  return high;
}

/** The draft length in 0..`most` of the highest predicted speed; the shortest among equals. */
export function bestGamma(costs: Calibration, rates: Rates, context: number, most: number): number {
  const speeds = Array.from({ length: most + 1 }, (_, gamma) => predictedSpeedup(costs, rates, gamma, context));
  return speeds.indexOf(Math.max(...speeds));
}

function rateAt(rates: Rates, position: number): number {
  return typeof rates === 'number' ? rates : (rates[Math.min(position, rates.length - 1)] ?? 0);
}

/** Linear between points and beyond the last two, where it does not fall below both: that would soon be a time of 0, or less. `at` ascending. */
export function interpolate(at: readonly number[], values: readonly number[], x: number): number {
  if (at.length === 1) return values[0] as number;
  let right = at.findIndex((point) => point >= x);
  if (right === -1) right = at.length - 1;
  right = Math.max(1, right);
  const [x0, x1] = [at[right - 1] as number, at[right] as number];
  const [y0, y1] = [values[right - 1] as number, values[right] as number];
  return Math.max(Math.min(y0, y1), y0 + ((x - x0) / (x1 - x0)) * (y1 - y0));
}

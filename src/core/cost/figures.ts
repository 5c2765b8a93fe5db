/**
 * Every figure that the page states of a run and of its costs, from one place, so that one figure is the same wherever it stands and says whose
 * costs it was made with.
 */

import { usualGamma } from '../run/runAcceptance';
import { committedTokens, startOf, type Tally, tally } from '../run/tally';
import type { DraftSource, RunEvent } from '../types';
import { type Advice, adviceOf } from './advice';
import {
  breakEven,
  type Calibration,
  costRatio,
  expectedTokens,
  plainTokenMs,
  type Rates,
  sharedMs,
  verifyMs,
  verifyRatio,
  withFreeDrafts,
} from './cost';
import { type PricedRound, pricedRounds, runRates } from './pricing';

/**
 * Whose costs a figure was made with: those of the machine that a recording comes from, this device's as they were known when the run began, or
 * this device's as they are known now.
 */
export type CostsOf = 'recorder' | 'device-then' | 'device-now';

/** Draft length and tokens in the cache that figures are for while there is no run. */
export const EXAMPLE = { gamma: 4, context: 64 } as const;

/** What a round costs, in forwards of the target over one row: the mean over a run's rounds, or of one round of the example. */
export interface RoundPrice {
  /** Steps of the draft model. */
  readonly steps: number;
  /** c: one such step. */
  readonly draft: number;
  /** v: the target's forward over the drafts and one row more. */
  readonly verify: number;
  /** Readback and bookkeeping. */
  readonly fixed: number;
  /** steps × c + v + fixed. */
  readonly whole: number;
  /** A token of plain decoding: its forward, and its other costs, with as many tokens to a readback as are fastest. */
  readonly plain: number;
}

/** Figures of costs, all of one machine and at one length of the context. */
export interface CostFigures {
  readonly costsOf: CostsOf;
  readonly costs: Calibration;
  readonly context: number;
  /** A forward of the target over one row, in milliseconds: what prices are in. */
  readonly decodeMs: number;
  /** What break-even is for: the usual draft length of the run, or the example's. */
  readonly gamma: number;
  readonly price: RoundPrice;
  /** Acceptance rate from which on drafts of `gamma` tokens pay; null if not even full acceptance does. */
  readonly breakEven: number | null;
  /** Tokens that a round of the run is expected to commit, by its own rates; null if nothing was drafted. */
  readonly tokens: number | null;
  /** Speedup over plain decoding that the run should have with these costs: tokens × price.plain / price.whole. */
  readonly predicted: number | null;
  /**
   * How many times as fast the run decoded as a token of plain decoding costs here, which says something only of costs of the machine that it ran on;
   * null for plain decoding, and where its speed is not known.
   */
  readonly reached: number | null;
  /** Whether it pays, at the run's rates; at full agreement while none is known. */
  readonly advice: Advice;
}

/** A run with all its figures; of no run there are those of the device alone. */
export interface RunFigures {
  readonly counts: Tally;
  /** Conditional acceptance rates by position of what drafted; null if nothing was judged. */
  readonly rates: Rates | null;
  /** Whether the rates are of tokens that were looked up, which costs no draft step. */
  readonly byNgram: boolean;
  /** Tokens in the cache, on the average of the run. */
  readonly context: number;
  /** With the costs of the machine that recorded it; null for a run of this device, and where the recording says nothing of costs. */
  readonly there: CostFigures | null;
  /** With this device's costs: what this device takes, or would take for a recording; null if they are not known. */
  readonly here: CostFigures | null;
  /** What verdicts stand on: this device's figures, the recorder's while those are not known. */
  readonly lead: CostFigures | null;
}

/**
 * @param events of a run, as far as it is shown; none where there is no run
 * @param recorded whether the run comes from another machine, or may
 * @param device what the run's pair costs on this device now; null if it was not measured
 */
export function runFigures(events: readonly RunEvent[], recorded: boolean, device: Calibration | null): RunFigures {
  const start = startOf(events);
  const { model, ngram, person } = runRates(events);
  const known = [model, ngram].find(isKnown) ?? null;
  const run: RunParts = {
    rounds: pricedRounds(events),
    bySource: { model, ngram, person },
    rates: known,
    byNgram: known !== null && known === ngram,
    context: start ? start.promptIds.length + Math.round(committedTokens(events).length / 2) : EXAMPLE.context,
    gamma: usualGamma(events),
    counts: tally(events),
    plain: start?.settings.mode === 'plain',
  };
  const noted = start?.calibration ?? null;
  const there = recorded && noted ? costFigures(run, noted, 'recorder') : null;
  const own = device ?? (recorded ? null : noted);
  const here = own && costFigures(run, own, device ? 'device-now' : 'device-then');
  const { rates, byNgram, context, counts } = run;
  return { counts, rates, byNgram, context, there, here, lead: here ?? there };
}

/** What of a run its figures are made of. */
interface RunParts {
  readonly rounds: readonly PricedRound[];
  readonly bySource: Readonly<Record<DraftSource, Rates>>;
  readonly rates: Rates | null;
  readonly byNgram: boolean;
  readonly context: number;
  readonly gamma: number | null;
  readonly counts: Tally;
  readonly plain: boolean;
}

function costFigures(run: RunParts, costs: Calibration, costsOf: CostsOf): CostFigures {
  const { rates, byNgram, context } = run;
  const gamma = run.gamma ?? EXAMPLE.gamma;
  const drafted = run.rounds.some((round) => round.gamma > 0);
  const rounds: readonly PricedRound[] = drafted ? run.rounds : [{ gamma, source: 'model', passes: 1, context }];
  const decodeMs = verifyMs(costs, 1, context);
  const price = priceOf(rounds, costs, context, decodeMs);
  const speed = run.plain ? null : run.counts.tokensPerSecond;
  const tokens = drafted ? mean(rounds.map((round) => expectedOf(round, run.bySource))) : null;
  const free = byNgram ? withFreeDrafts(costs) : costs;
  return {
    ...{ costsOf, costs, context, decodeMs, gamma, price, tokens },
    breakEven: breakEven(free, gamma, context),
    predicted: tokens === null ? null : (tokens * price.plain) / price.whole,
    reached: speed === null ? null : (speed * price.plain * decodeMs) / 1000,
    advice: adviceOf(free, rates ?? 1, context),
  };
}

/** The mean price of `rounds`, all at one length of the context. */
function priceOf(rounds: readonly PricedRound[], costs: Calibration, context: number, decodeMs: number): RoundPrice {
  const [plainFixed, roundFixed] = [costs.plainFixedMs / decodeMs, costs.roundFixedMs / decodeMs];
  const draft = costRatio(costs, context);
  const steps = mean(rounds.map(({ gamma, source }) => (source === 'model' ? gamma : 0)));
  const verify = mean(rounds.map(({ gamma, passes }) => passes * verifyRatio(costs, gamma, context)));
  const shared = sharedMs(costs, context) / decodeMs;
  const fixed = mean(rounds.map(({ gamma, passes }) => (gamma > 0 ? roundFixed : shared + passes * (plainFixed - shared))));
  return { steps, draft, verify, fixed, whole: steps * draft + verify + fixed, plain: plainTokenMs(costs, context) / decodeMs };
}

function expectedOf({ gamma, source, passes }: PricedRound, bySource: RunParts['bySource']): number {
  return source === null || gamma === 0 ? passes : expectedTokens(bySource[source], gamma);
}

function isKnown(rates: Rates): boolean {
  return typeof rates !== 'number' && rates.length > 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

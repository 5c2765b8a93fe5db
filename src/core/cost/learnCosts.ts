import { canBeTold, possibleTimes } from '../clock';
import { median } from '../median';
import { draftsOf } from '../run/moment';
import { startOf, tally } from '../run/tally';
import type { DeviceTimes, RoundEvent, RunEvent } from '../types';
import { type Calibration, canBePriced, draftMs, roundMs, scaleCosts, scaledShare, sharedMs, verifyMs } from './cost';
import { pricedRounds } from './pricing';

/** Rounds of a kind that weigh as much as what was known before. */
const WEIGHT = 3;
/** A run that is shorter says too little. */
const LEAST_ROUNDS = 8;
/** Fewer rounds of a kind say nothing of it: one of them may have been disturbed, which the middle of three leaves out. */
const LEAST_OF_KIND = 3;
/** Most that what is fixed of one kind of rounds changes with that of the other, either way. */
const MOST_ALIKE = 2;

/** A round of a run, and what it was expected to take. */
interface LearntRound {
  readonly gamma: number;
  readonly passes: number;
  readonly context: number;
  /** From its start to that of the next one. */
  readonly ms: number;
  readonly expectedMs: number;
  readonly device: DeviceTimes | null;
  readonly byModel: boolean;
}

/**
 * `costs` as a run on the same device corrects them. A machine is quicker or slower for a while, so what all rounds took more or less than expected
 * scales everything, and only what some rows or the draft took beyond that changes their ratio. What comes between two rounds is part of their fixed costs. Without
 * times of the device's clock only the scale is learnt.
 *
 * @param events of a run that has ended; its first two rounds, which see the prompt, say nothing
 * @returns `costs` themselves where the run says too little
 */
export function learnCosts(costs: Calibration, events: readonly RunEvent[]): Calibration {
  const rounds = learntRounds(costs, events);
  const ms = rounds.reduce((sum, round) => sum + round.ms, 0);
  if (rounds.length < LEAST_ROUNDS || tally(events).waitedMs !== null || !canBeTold(ms, startOf(events)?.clockStepMs ?? 0)) return costs;
  const timed = rounds.filter((round): round is LearntRound & { device: DeviceTimes } => round.device !== null);
  const learnt =
    timed.length >= LEAST_ROUNDS
      ? fromDevice(costs, timed)
      : scaleCosts(costs, trusted(rounds.map((round) => round.ms / round.expectedMs)));
  return canBePriced(learnt) ? learnt : costs;
}

function learntRounds(costs: Calibration, events: readonly RunEvent[]): LearntRound[] {
  const rounds = events.filter((event): event is RoundEvent => event.type === 'round');
  const priced = pricedRounds(events);
  return rounds.slice(1).flatMap((round, i) => {
    const { gamma, source, context } = priced[i] as (typeof priced)[number];
    const passes = round.passes ?? 1;
    if (i === 0) return [];
    const expectedMs = passes * roundMs(costs, gamma, context, source ?? 'model') - (passes - 1) * sharedMs(costs, context);
    const ms = (rounds[i + 2]?.startMs ?? round.endMs) - round.startMs;
    return [
      {
        gamma,
        passes,
        context,
        ms,
        expectedMs,
        device: possibleTimes(round.device),
        byModel: source === 'model' && draftsOf(round).length > 0,
      },
    ];
  });
}

/** The median of `ratios`, nearer to 1 where they are few, and 1 where they are too few. */
function trusted(ratios: readonly number[]): number {
  return ratios.length < LEAST_OF_KIND ? 1 : median(ratios) ** (ratios.length / (ratios.length + WEIGHT));
}

function fromDevice(costs: Calibration, rounds: readonly (LearntRound & { readonly device: DeviceTimes })[]): Calibration {
  const passMs = (round: (typeof rounds)[number]) => round.device.verifyMs / round.passes;
  const ratios = rounds.map((round) => ({ rows: round.gamma + 1, ratio: passMs(round) / verifyMs(costs, round.gamma + 1, round.context) }));
  const all = ratios.map(({ ratio }) => ratio);
  const [scale, middle] = [trusted(all), median(all)];
  const nearest = (rows: number) => costs.rows.reduce((best, each) => (Math.abs(each - rows) < Math.abs(best - rows) ? each : best));
  const byRow = costs.rows.map((row) => trusted(ratios.filter(({ rows }) => nearest(rows) === row).map(({ ratio }) => ratio / middle)));
  const draft = trusted(
    rounds
      .filter(({ byModel }) => byModel)
      .map(({ gamma, context, device }) => device.draftMs / (gamma * draftMs(costs, context) * middle)),
  );
  const share = scaledShare(costs, scale);
  // What is shared comes once a round, the rest of what is fixed with every pass.
  const fixedOf = ({ ms, passes, context, device }: (typeof rounds)[number]) =>
    (ms - device.draftMs - device.verifyMs + (passes - 1) * sharedMs({ ...costs, ...share }, context)) / passes;
  const fixedTimes = (drafts: boolean) => rounds.filter(({ gamma }) => gamma > 0 === drafts).map(fixedOf);
  return {
    ...costs,
    verifyMs: costs.verifyMs.map((times) => times.map((each, i) => each * scale * (byRow[i] as number))),
    draftMs: costs.draftMs.map((each) => each * scale * draft),
    ...share,
    ...fixedCosts({ ...costs, ...share }, fixedTimes(false), fixedTimes(true)),
  };
}

/**
 * What is fixed of a round without drafts and with them, where it took `plain` and `drafted` in the run. A kind that was seen too rarely changes as the other does: between
 * two rounds a run does more than a calibration, and a machine that is slower there is so for both. What so comes to a plain round comes once to tokens that are read back together;
 * where plain rounds were seen, what they took is told for as many tokens together as they had.
 */
function fixedCosts(
  costs: Calibration,
  plain: readonly number[],
  drafted: readonly number[],
): Pick<Calibration, 'plainFixedMs' | 'roundFixedMs' | 'plainSharedMs'> {
  const { plainFixedMs, roundFixedMs, plainSharedMs } = costs;
  const seen = (known: number, times: readonly number[]) =>
    times.length < LEAST_OF_KIND ? null : Math.max(0, known + (median(times) - known) * (times.length / (times.length + WEIGHT)));
  const alike = (known: number, other: number, otherNow: number | null) =>
    otherNow === null || other === 0 ? known : known * Math.min(MOST_ALIKE, Math.max(1 / MOST_ALIKE, otherNow / other));
  const [plainNow, roundNow] = [seen(plainFixedMs, plain), seen(roundFixedMs, drafted)];
  const fixed = {
    plainFixedMs: plainNow ?? alike(plainFixedMs, roundFixedMs, roundNow),
    roundFixedMs: roundNow ?? alike(roundFixedMs, plainFixedMs, plainNow),
  };
  if (plainNow !== null || plainSharedMs === undefined) return fixed;
  return { ...fixed, plainSharedMs: Math.max(0, plainSharedMs + fixed.plainFixedMs - plainFixedMs) };
}

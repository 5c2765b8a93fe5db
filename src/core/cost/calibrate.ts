import { possibleTimes } from '../clock';
import { FailureError } from '../failure';
import { type Kept, keptTokens, restore } from '../loop/cached';
import { proposalOf } from '../loop/proposal';
import { median } from '../median';
import { DEFAULT_RUN } from '../settings';
import type { DeviceTimes, DraftModel, Proposal, StopSignal, Target, TokenId } from '../types';
import { type Calibration, canBePriced, SHORTEST_MS } from './cost';

/** Rows of the forwards that are timed: around what kernels are tiled by, where times step. */
const ROWS: readonly number[] = [1, 2, 4, 5, 8, 9, 17];
const MOST_ROWS = Math.max(...ROWS);
/** Tokens in the cache during the measurement, as far as the context allows. */
const CONTEXTS = [32, 384] as const;
const REPETITIONS = 3;

/** Steps of the clock that a sample lasts at least; a round that is shorter is made as often as it takes. */
const SAMPLE_STEPS = 4;
/** The largest step that samples are made longer for: with a larger one, measuring would take longer than what it tells is worth. */
const COARSEST_MS = 20;
/** More rounds than that within one sample say that the clock stands still. */
const MOST_ROUNDS = 500;

export interface CalibrationSetup {
  /** Milliseconds from any fixed moment, never going back. */
  readonly clock: () => number;
  /** The smallest step that it makes. */
  readonly clockStepMs: number;
  /** Milliseconds of one bare map of a small buffer; null if it could not be told. */
  readonly readbackMs: number | null;
  readonly signal: StopSignal;
}

/**
 * Times real rounds of a pair, each after as many tokens as its context says, in samples that are long compared with a step of the clock. The device's own
 * clock tells the forwards apart, and what the round took beyond them is its fixed cost. Without such a clock verification is timed over drafts that
 * need no drafting, a draft step is what a drafted round takes more, and the bare readback counts as the fixed cost. Both
 * caches keep their content, which a later run may continue: the rounds come after it. Only if that leaves no room do they begin, and end, empty.
 *
 * @param drafter null where no model drafts: verification is timed over drafts that cost nothing, and draft steps count as the shortest time that there is
 * @returns medians of three samples each; null where the clocks are too coarse to tell
 * @throws FailureError aborted
 */
export async function calibrate(drafter: DraftModel | null, target: Target, setup: CalibrationSetup): Promise<Calibration | null> {
  if (!(setup.clockStepMs <= COARSEST_MS)) return null;
  const contextLength = Math.min(drafter?.model.capabilities.contextLength ?? Infinity, target.capabilities.contextLength);
  const most = contextLength - MOST_ROWS - 1;
  const [short, long] = CONTEXTS;
  const kept = keptTokens(drafter?.model ?? null, target, most - short);
  const lengths = [Math.max(short, kept.base.length), kept.base.length + long];
  const contexts = [...new Set(lengths.map((context) => Math.min(context, most)))];
  const perContext: PairTimes[] = [];
  try {
    for (const context of contexts) {
      const times = await timePair(drafter, target, { ...kept, context }, setup);
      if (!times) return null;
      perContext.push(times);
    }
  } finally {
    restore(kept);
  }
  const fixed = (kind: 'plain' | 'round') => median(perContext.flatMap((each) => each.fixed[kind]));
  const costs: Calibration = {
    ...{ rows: ROWS, contexts, verifyMs: perContext.map(({ verifyMs }) => verifyMs), draftMs: perContext.map(({ draftMs }) => draftMs) },
    ...{ readbackMs: setup.readbackMs ?? 0, plainFixedMs: fixed('plain'), roundFixedMs: fixed('round') },
  };
  return canBePriced(costs) ? costs : null;
}

/** Times with one context. */
interface PairTimes {
  /** By `ROWS`. */
  readonly verifyMs: readonly number[];
  readonly draftMs: number;
  /** Of every sample, without drafts and with them. */
  readonly fixed: Readonly<Record<'plain' | 'round', readonly number[]>>;
}

/** What the rounds of a sample took, each on the average. */
interface Sample {
  readonly roundMs: number;
  /** null if the device has no clock, or it stepped back. */
  readonly device: DeviceTimes | null;
}

/** null if the clock stands still. */
async function timePair(
  drafter: DraftModel | null,
  target: Target,
  { context, ...kept }: Kept & { readonly context: number },
  setup: CalibrationSetup,
): Promise<PairTimes | null> {
  const vocabulary = Math.min(drafter?.model.capabilities.vocabularySize ?? Infinity, target.capabilities.vocabularySize);
  const history: TokenId[] = Array.from({ length: context + 1 }, (_, i) => kept.base[i] ?? i % vocabulary);
  restore(kept);
  for (const [model] of kept.lengths) {
    await model.begin(DEFAULT_RUN, history.length);
    await model.prefill(history.slice(0, -1), setup.signal);
  }
  const known = async (gamma: number): Promise<Proposal> =>
    proposalOf(
      'ngram',
      Array.from({ length: gamma }, (_, i) => history[i % history.length] as TokenId),
    );
  const drafted = drafter ? (gamma: number) => drafter.propose(history, { model: gamma, ngram: 0 }) : known;
  const round = async (gamma: number, propose: (gamma: number) => Promise<Proposal | null>) => {
    if (setup.signal.aborted) throw new FailureError('aborted', 'The measurement was stopped.', 'Run to go on without it.');
    const { device } = await target.verify(history, gamma > 0 ? await propose(gamma) : null);
    for (const [model] of kept.lengths) model.truncate(history.length - 1);
    return possibleTimes(device);
  };
  // The first round of each shape makes what the next ones find ready.
  let timed = true;
  for (const rows of ROWS) timed = (await round(rows - 1, drafted)) !== null && timed;
  const longest = MOST_ROWS - 1;
  const fixed = { plain: [] as number[], round: [] as number[] };
  const verify: number[][] = ROWS.map(() => []);
  const draftSteps: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const [index, rows] of ROWS.entries()) {
      const gamma = rows - 1;
      const taken = await sample(() => round(gamma, timed ? drafted : known), setup);
      if (!taken) return null;
      const { roundMs, device } = taken;
      if (timed && device) {
        verify[index]?.push(device.verifyMs);
        if (gamma > 0) draftSteps.push(drafter ? device.draftMs / gamma : SHORTEST_MS);
        fixed[gamma > 0 ? 'round' : 'plain'].push(Math.max(0, roundMs - device.verifyMs - device.draftMs));
      } else if (!timed) {
        const readbackMs = setup.readbackMs ?? 0;
        verify[index]?.push(Math.max(0, roundMs - readbackMs));
        fixed[gamma > 0 ? 'round' : 'plain'].push(readbackMs);
        if (gamma !== longest) continue;
        if (!drafter) {
          draftSteps.push(SHORTEST_MS);
          continue;
        }
        const whole = await sample(() => round(gamma, drafted), setup);
        if (!whole) return null;
        draftSteps.push((whole.roundMs - roundMs) / gamma);
      }
    }
  }
  return { verifyMs: verify.map(median), draftMs: median(draftSteps), fixed };
}

/** Makes `round` until it has taken some steps of the clock, counted from one step to another where one round is shorter. @returns null if the clock stands still */
async function sample(round: () => Promise<DeviceTimes | null>, { clock, clockStepMs }: CalibrationSetup): Promise<Sample | null> {
  let start = clock();
  let onStep = false;
  let times: (DeviceTimes | null)[] = [];
  for (let made = 0; made < MOST_ROUNDS; made++) {
    times.push(await round());
    const ms = clock() - start;
    if (ms > 0 && ms >= SAMPLE_STEPS * clockStepMs) {
      const told = times.filter((each) => each !== null);
      const mean = (part: keyof DeviceTimes) => told.reduce((sum, each) => sum + each[part], 0) / told.length;
      const device = told.length > 0 ? { draftMs: mean('draftMs'), verifyMs: mean('verifyMs') } : null;
      return { roundMs: ms / times.length, device };
    }
    if (onStep || ms === 0) continue;
    // What is measured begins with a step.
    [start, onStep, times] = [start + ms, true, []];
  }
  return null;
}

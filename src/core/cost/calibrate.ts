import { possibleTimes } from '../clock';
import { FailureError } from '../failure';
import { type Kept, keptTokens, restore } from '../loop/cached';
import { proposalOf } from '../loop/proposal';
import { median } from '../median';
import { DEFAULT_RUN } from '../settings';
import type { DeviceTimes, DraftModel, Proposal, RoundOutcome, StopSignal, Target, TokenId } from '../types';
import { type Calibration, canBePriced, interpolate, roundMs, SHORTEST_MS } from './cost';

/** Rows of the forwards that are timed: around what kernels are tiled by, where times step. */
const ROWS: readonly number[] = [1, 2, 4, 5, 8, 9, 17];
const MOST_ROWS = Math.max(...ROWS);
/** What a slow pair is timed with too; a fitted line stands for the other rows there. */
const LEAST_ROWS: readonly number[] = [1, 2, 5];
/** The others, the most telling first. */
const MORE_ROWS: readonly number[] = [9, 17, 4, 8];
/** Tokens in the cache during the measurement, as far as the context allows. */
const CONTEXTS = [32, 384] as const;
/** Sweeps over all rows, at least and at most: further ones use what is left of the time. */
const SWEEPS = { least: 3, most: 9 } as const;
/** How long it may take: what would take longer is left out, all but the least rows in the first context. */
const BUDGET_MS = 3000;
/** The part of it for the first context. */
const FIRST_SHARE = 0.5;
/** Plain tokens that are read back together to see what each is spared; and how often in each context. */
const TOGETHER = 4;
const TIMES_TOGETHER = 6;

/** Steps of the clock that a sample lasts at least; a round that is shorter is made as often as it takes. */
const SAMPLE_STEPS = 5;
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
 * It takes about `BUDGET_MS`: of a slow pair fewer rows, sweeps and contexts are timed, and the result is `coarse`.
 *
 * Other work on the machine disturbs some samples, or slows all of them for a while. It only ever makes them longer, and each sweep times all rows once: so the
 * lower quartile of what each took says what they take under the same conditions.
 *
 * @param drafter null where no model drafts: verification is timed over drafts that cost nothing, and draft steps count as the shortest time that there is
 * @returns lower quartiles of several samples each, of a slow pair of one; null where the clocks are too coarse to tell
 * @throws FailureError aborted
 */
export async function calibrate(drafter: DraftModel | null, target: Target, setup: CalibrationSetup): Promise<Calibration | null> {
  if (!(setup.clockStepMs <= COARSEST_MS)) return null;
  const startMs = setup.clock();
  const contextLength = Math.min(drafter?.model.capabilities.contextLength ?? Infinity, target.capabilities.contextLength);
  const most = contextLength - MOST_ROWS - 1;
  const [short, long] = CONTEXTS;
  const kept = keptTokens(drafter?.model ?? null, target, most - short);
  const lengths = [Math.max(short, kept.base.length), kept.base.length + long];
  const contexts = [...new Set(lengths.map((context) => Math.min(context, most)))];
  const perContext: PairTimes[] = [];
  try {
    for (const [index, context] of contexts.entries()) {
      const endMs = startMs + BUDGET_MS * (index === 0 ? FIRST_SHARE : 1);
      const last = perContext.at(-1);
      if (last && setup.clock() + msToBegin(last, context - last.context) > endMs) break;
      const times = await timePair(drafter, target, { ...kept, context }, { ...setup, endMs });
      if (!times) return null;
      perContext.push(times);
    }
  } finally {
    restore(kept);
  }
  const rows = ROWS.filter((each) => perContext[0]?.verifyMs.has(each));
  const fixed = (kind: 'plain' | 'round') => undisturbed(perContext.flatMap((each) => each.fixed[kind]));
  const roundFixedMs = fixed('round');
  const costs: Calibration = {
    ...{ rows, contexts: perContext.map(({ context }) => context), verifyMs: perContext.map((times) => rowTimes(times, rows)) },
    ...{ draftMs: perContext.map(({ draftMs }) => draftMs), readbackMs: setup.readbackMs },
    // A plain round does nothing besides that a drafted one does not; it is timed less often, so that a pause may be in each of its samples.
    ...{ plainFixedMs: Math.min(fixed('plain'), roundFixedMs), roundFixedMs },
    ...(perContext.length < contexts.length || perContext.some(({ whole }) => !whole) ? { coarse: true } : {}),
  };
  return rows[0] === 1 && canBePriced(costs) ? withShared(costs, perContext) : null;
}

/** Times with one context. */
interface PairTimes {
  readonly context: number;
  /** By rows: a forward, and a whole round. */
  readonly verifyMs: ReadonlyMap<number, number>;
  readonly roundMs: ReadonlyMap<number, number>;
  readonly draftMs: number;
  /** Of every sample, without drafts and with them. */
  readonly fixed: Readonly<Record<'plain' | 'round', readonly number[]>>;
  /** Of every sample of `TOGETHER` plain tokens that were read back together. */
  readonly jointMs: readonly number[];
  /** Whether there was time for all rows, and for enough sweeps. */
  readonly whole: boolean;
}

/** `costs` with what plain tokens share that are read back together; as they are where none were, or they share nothing. */
function withShared(costs: Calibration, perContext: readonly PairTimes[]): Calibration {
  const shared = perContext.flatMap(({ context, jointMs }) =>
    jointMs.length > 0 ? [(TOGETHER * roundMs(costs, 0, context) - undisturbed(jointMs)) / (TOGETHER - 1)] : [],
  );
  const plainSharedMs = median(shared);
  return plainSharedMs > 0 ? { ...costs, plainSharedMs } : costs;
}

/** At most what the least of another context takes, `tokens` longer than that of `times`. */
function msToBegin({ roundMs }: PairTimes, tokens: number): number {
  const [rows, ms] = [...roundMs].at(-1) ?? [1, 0];
  return (tokens * ms) / rows + 2 * LEAST_ROWS.reduce((sum, each) => sum + (roundMs.get(each) ?? 0), 0);
}

/** The forwards of `rows`, on a line between those that were timed where one was not. */
function rowTimes({ verifyMs }: PairTimes, rows: readonly number[]): number[] {
  const timed = [...verifyMs].sort(([a], [b]) => a - b);
  const [at, ms] = [timed.map(([row]) => row), timed.map(([, each]) => each)];
  return rows.map((each) => verifyMs.get(each) ?? interpolate(at, ms, each));
}

/** What the rounds of a sample took, each on the average. */
interface Sample {
  readonly roundMs: number;
  /** null if the device has no clock, or it stepped back. */
  readonly device: DeviceTimes | null;
}

/** @param setup `endMs`: what would end later by the clock is left out, all but the least @returns null if the clock stands still */
async function timePair(
  drafter: DraftModel | null,
  target: Target,
  { context, ...kept }: Kept & { readonly context: number },
  setup: CalibrationSetup & { readonly endMs: number },
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
  const timedRound = async (of: () => Promise<RoundOutcome>) => {
    if (setup.signal.aborted) throw new FailureError('aborted', 'The measurement was stopped.', 'Run to go on without it.');
    const { device } = await of();
    for (const [model] of kept.lengths) model.truncate(history.length - 1);
    return possibleTimes(device);
  };
  const round = (gamma: number, propose: (gamma: number) => Promise<Proposal | null>) =>
    timedRound(async () => target.verify(history, gamma > 0 ? await propose(gamma) : null));
  const several = (decode: NonNullable<Target['decode']>) => timedRound(() => decode(history, TOGETHER));
  // The first round of each shape makes what the next ones find ready.
  let timed = true;
  for (const rows of LEAST_ROWS) timed = (await round(rows - 1, drafted)) !== null && timed;
  const fixed = { plain: [] as number[], round: [] as number[] };
  const jointMs: number[] = [];
  const verify = new Map<number, number[]>();
  const rounds = new Map<number, number>();
  /** By the drafts of a round. */
  const draftSteps = new Map<number, number[]>();
  /** @returns false if the clock stands still */
  const take = async (rows: number): Promise<boolean> => {
    const gamma = rows - 1;
    const taken = await sample(() => round(gamma, timed ? drafted : known), setup);
    if (!taken) return false;
    const { roundMs, device } = taken;
    rounds.set(rows, roundMs);
    if (timed && device) {
      add(verify, rows, device.verifyMs);
      if (gamma > 0) add(draftSteps, 0, drafter ? device.draftMs / gamma : SHORTEST_MS);
      fixed[gamma > 0 ? 'round' : 'plain'].push(Math.max(0, roundMs - device.verifyMs - device.draftMs));
    } else if (!timed) {
      const readbackMs = setup.readbackMs ?? 0;
      add(verify, rows, Math.max(0, roundMs - readbackMs));
      fixed[gamma > 0 ? 'round' : 'plain'].push(readbackMs);
      if (rows !== LEAST_ROWS.at(-1) && rows !== MOST_ROWS) return true;
      const whole = drafter ? await sample(() => round(gamma, drafted), setup) : null;
      if (drafter && !whole) return false;
      add(draftSteps, gamma, whole ? (whole.roundMs - roundMs) / gamma : SHORTEST_MS);
    }
    return true;
  };
  let whole = true;
  /** Whether `times` rounds of `rows` rows, with drafts, end in time; as long as the longest so far where there was none. */
  const fits = (rows: number, times: number) => {
    const [longest, longestMs] = [...rounds].reduce((a, b) => (b[0] > a[0] ? b : a));
    const expected = rounds.get(rows) ?? (longestMs * Math.max(rows, longest)) / longest;
    const will = setup.clock() + times * expected <= setup.endMs;
    whole &&= will;
    return will;
  };
  for (const rows of LEAST_ROWS) if (!(await take(rows))) return null;
  for (const rows of MORE_ROWS) {
    if (!fits(rows, 2)) continue;
    await round(rows - 1, drafted);
    if (!(await take(rows))) return null;
  }
  const decode = target.decode?.bind(target);
  const togetherMs = () => (decode && jointMs.length < TIMES_TOGETHER ? TOGETHER * (rounds.get(1) ?? 0) : 0);
  const takeTogether = async () => {
    // The first makes what the next ones find ready.
    const times = jointMs.length === 0 ? 2 : 1;
    if (!decode || togetherMs() === 0 || setup.clock() + times * togetherMs() > setup.endMs) return;
    if (times > 1) await several(decode);
    const joint = await sample(() => several(decode), setup);
    if (joint) jointMs.push(joint.roundMs);
  };
  const order = [...rounds.keys()];
  for (let sweep = 1; sweep < SWEEPS.most; sweep++) {
    const enough = sweep >= SWEEPS.least;
    if (enough && setup.clock() + togetherMs() + order.reduce((sum, rows) => sum + (rounds.get(rows) ?? 0), 0) > setup.endMs) break;
    for (const rows of order) if ((enough || fits(rows, 1)) && !(await take(rows))) return null;
    for (let i = 0; i < 2; i++) await takeTogether();
  }
  const steps = draftSteps.get(Math.max(...draftSteps.keys())) ?? [];
  const verifyMs = new Map([...verify].map(([rows, times]) => [rows, undisturbed(times)]));
  return { context, verifyMs, roundMs: rounds, draftMs: undisturbed(steps), fixed, jointMs, whole };
}

/** What takes as long as `samples` say where nothing disturbs it: other work only ever makes a sample longer, so a quarter of them are below. */
function undisturbed(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) / 4;
  const [low = Number.NaN, high = low] = sorted.slice(Math.floor(at));
  return low + (at % 1) * (high - low);
}

function add(times: Map<number, number[]>, key: number, ms: number): void {
  times.set(key, [...(times.get(key) ?? []), ms]);
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

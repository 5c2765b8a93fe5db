import { median } from '../median';
import { type Comparison, compareRuns, isTied, SPEEDS, type Speed, type Speeds } from '../run/comparison';
import { draftsOf, knownAt, momentOf, type Phase } from '../run/moment';
import { tally } from '../run/tally';
import { COMMITTED_VERDICTS, type RunEvent, type RunSettings } from '../types';

/** Who runs a race: plain decoding and speculation, of the same prompt. */
export type Lane = RunSettings['mode'];
export const LANES: readonly Lane[] = ['speculative', 'plain'];

/** One race: both runs, which ran one after the other, each with a clock of its own. A run that has not begun is empty. */
export interface Heat {
  readonly runs: Readonly<Record<Lane, readonly RunEvent[]>>;
  /** Which of them ran first; null if that is not known. */
  readonly first: Lane | null;
}

/** A round as the course shows it: which tokens of the text it committed, from `from` up to `to`, in how many target passes. */
export interface Leap {
  readonly from: number;
  readonly to: number;
  readonly passes: number;
}

/** A run at one moment of the race's clock. */
export interface Runner {
  readonly phase: Phase;
  /** Events that have happened. */
  readonly happened: number;
  /** Rounds that have ended. */
  readonly rounds: number;
  /** The target passes of those. */
  readonly passes: number;
  /** Tokens that stand. */
  readonly committed: number;
  /** Drafts of the open round that are there, waiting for the target. */
  readonly open: number;
}

/** The rounds of a run, in order. */
export function leapsOf(events: readonly RunEvent[]): Leap[] {
  let to = 0;
  return events.flatMap((event) => {
    if (event.type !== 'round') return [];
    const from = to;
    to += event.tokens.filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict)).length;
    return [{ from, to, passes: event.passes ?? 1 }];
  });
}

/** Where the run of `events` stands at `atMs` of its clock. @param leaps of the same events */
export function runnerAt(events: readonly RunEvent[], leaps: readonly Leap[], atMs: number): Runner {
  const { phase, happened, round, drafted } = momentOf(events, atMs);
  // A start, then at most one prefill, stand before the rounds.
  const before = events.findIndex(({ type }) => type === 'round');
  const rounds = before === -1 ? 0 : Math.min(leaps.length, Math.max(0, happened - before));
  const passes = leaps.slice(0, rounds).reduce((sum, leap) => sum + leap.passes, 0);
  const open = round ? Math.min(drafted, draftsOf(round).length) : 0;
  return { phase, happened, rounds, passes, committed: leaps[rounds - 1]?.to ?? 0, open };
}

/** How long a heat takes to replay, in milliseconds: as long as its slower run. */
export function heatMs({ runs }: Heat): number {
  return Math.max(...LANES.map((lane) => (runs[lane].length > 0 ? knownAt(runs[lane].at(-1) as RunEvent) : 0)));
}

export interface RaceResult {
  readonly comparison: Comparison;
  /** Which took less time, over the whole wait or, where the lengths differ, in decoding alone; null where the times cannot be compared. */
  readonly faster: Lane | 'tied' | null;
  /** Whether both came to their end with texts of different lengths. */
  readonly unequal: boolean;
  /** Target passes that each needed. */
  readonly passes: Readonly<Record<Lane, number>>;
}

/** null if there are no two comparable runs, or one of them has written nothing. */
export function raceResult({ runs: { speculative, plain } }: Heat): RaceResult | null {
  const comparison = compareRuns(speculative, plain);
  const [fast, slow] = [tally(speculative), tally(plain)];
  const passes = { speculative: fast.passes, plain: slow.passes };
  if (!comparison || passes.speculative === 0 || passes.plain === 0) return null;
  const unequal = isFinished(speculative) && isFinished(plain) && fast.committed !== slow.committed;
  return { comparison, faster: fasterBy(comparison), unequal, passes };
}

function fasterBy({ speedup: { wait, decoding } }: Comparison): RaceResult['faster'] {
  const speedup = wait ?? decoding;
  if (speedup === null) return null;
  if (isTied(speedup)) return 'tied';
  return speedup > 1 ? 'speculative' : 'plain';
}

/** The heat in the middle by how much faster decoding alone was, of those that both runs finished, the lower one of two; the first where none is finished. */
export function medianHeat(heats: readonly Heat[]): number {
  const rated = heats
    .map((heat, index) => ({ index, speed: LANES.every((lane) => isFinished(heat.runs[lane])) ? heatSpeedups(heat).decoding : null }))
    .filter((each): each is { index: number; speed: number } => each.speed !== null)
    .sort((a, b) => a.speed - b.speed);
  return rated[(rated.length - 1) >> 1]?.index ?? 0;
}

/** How many times as fast as plain decoding speculation was. */
export function heatSpeedups(heat: Heat): Speeds {
  return raceResult(heat)?.comparison.speedup ?? { wait: null, decoding: null };
}

/** A figure of several races. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly races: number;
}

/** How the speedups of `heats` spread; null for one that no heat has. */
export function spreadOf(heats: readonly Heat[]): Readonly<Record<Speed, Spread | null>> {
  const speedups = heats.map(heatSpeedups);
  const [wait = null, decoding = null] = SPEEDS.map((speed) => {
    const known = speedups.flatMap((each) => each[speed] ?? []);
    return known.length === 0 ? null : { median: median(known), least: Math.min(...known), most: Math.max(...known), races: known.length };
  });
  return { wait, decoding };
}

/** Whether a run came to its own end, neither stopped nor failed. */
export function isFinished(events: readonly RunEvent[]): boolean {
  const end = events.at(-1);
  return end?.type === 'end' && (end.reason === 'stop' || end.reason === 'length');
}

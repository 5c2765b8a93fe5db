import type { RoundEvent, RunEvent } from '../types';

/** The lines of speculative decoding as it is taught (Leviathan et al. 2023, arXiv 2211.17192, algorithm 1; Chen et al. 2023, arXiv 2302.01318). */
export const LINES = ['draft', 'verify', 'judge', 'correct', 'extra', 'forget'] as const;
export type Line = (typeof LINES)[number];

/** One thing that a run did: a line of the algorithm, carried out in a round, on one of its tokens where it is about one. */
export interface Step {
  readonly line: Line;
  /** Position of the round among the run's rounds, from 0. */
  readonly round: number;
  /** Position among the round's tokens, from 0; of plain tokens that were read back together, a pass has its token's. null: the line is about the round as a whole. */
  readonly token: number | null;
}

/** All that the rounds of `events` did, in order. Drafting and judging are one step a token; a plain round is a pass and its token, once or several times. */
export function stepsOf(events: readonly RunEvent[]): Step[] {
  return events.filter((event) => event.type === 'round').flatMap(stepsOfRound);
}

function stepsOfRound({ tokens, passes = 1 }: RoundEvent, round: number): Step[] {
  if (passes > 1) return tokens.flatMap((_, token) => (['verify', 'extra'] as const).map((line) => ({ line, round, token })));
  const on = (line: Line, wanted: (verdict: RoundEvent['tokens'][number]['verdict']) => boolean): Step[] =>
    tokens.flatMap(({ verdict }, token) => (wanted(verdict) ? [{ line, round, token }] : []));
  const falls = tokens.some(({ verdict }) => verdict === 'rejected' || verdict === 'discarded');
  return [
    ...on('draft', (verdict) => verdict === 'accepted' || verdict === 'rejected' || verdict === 'discarded'),
    { line: 'verify', round, token: null },
    ...on('judge', (verdict) => verdict === 'accepted' || verdict === 'rejected'),
    ...on('correct', (verdict) => verdict === 'corrected'),
    ...on('extra', (verdict) => verdict === 'bonus' || verdict === 'plain'),
    ...(falls ? [{ line: 'forget', round, token: null } as const] : []),
  ];
}

/** The first step after `at` that `wanted` accepts; the last step if no step is accepted. */
export function nextStep(steps: readonly Step[], at: number, wanted: (step: Step, before: Step | undefined) => boolean): number {
  for (let i = at + 1; i < steps.length; i++) {
    const step = steps[i];
    if (step && wanted(step, steps[i - 1])) return i;
  }
  return Math.max(0, steps.length - 1);
}

/** What of a round is known once a step of it has been done. */
export interface Known {
  /** How many of the round's tokens are there, from its first. */
  readonly tokens: number;
  /** Whether the target's probabilities are known. */
  readonly verified: boolean;
  /** The number of tokens with a known verdict. Once a draft is rejected, or ends the run, those after it are discarded. */
  readonly judged: number;
}

/** @param step one of `round`'s own */
export function knownAfter({ tokens }: RoundEvent, { line, token }: Step): Known {
  const own = tokens.findIndex(({ verdict }) => verdict === 'corrected' || verdict === 'bonus' || verdict === 'plain');
  const drafts = own === -1 ? tokens.length : own;
  if (line === 'draft') return { tokens: (token ?? 0) + 1, verified: false, judged: 0 };
  if (line === 'verify') return { tokens: token ?? drafts, verified: true, judged: token ?? 0 };
  if (line === 'extra' && token !== null) return { tokens: token + 1, verified: true, judged: token + 1 };
  if (line !== 'judge') return { tokens: tokens.length, verified: true, judged: tokens.length };
  const next = (token ?? 0) + 1;
  return { tokens: drafts, verified: true, judged: tokens[next]?.verdict === 'discarded' ? drafts : next };
}

import { COMMITTED_VERDICTS, type RoundEvent, type RunEvent, type RunToken } from '../types';
import { draftsOf } from './moment';
import { type TokenKind, tokenKinds } from './tokenKinds';

/** Judged drafts of which `accepted` were kept. */
export interface Judged {
  readonly judged: number;
  readonly accepted: number;
}

/** The rate of `judged`; null if nothing was judged. */
export function rateOf({ judged, accepted }: Judged): number | null {
  return judged > 0 ? accepted / judged : null;
}

/** How drafts fared up to one point of a run. */
export interface AcceptancePoint {
  /** Tokens committed by then. */
  readonly committed: number;
  /** Of all drafts that were judged so far. */
  readonly overall: number;
  /** Of the last ones, as many as `window` says; null until there are that many. */
  readonly recent: number | null;
}

/** Judged drafts that `recent` is of. */
export const RECENT = 24;

/** The acceptance rate after each round in which a draft was judged. */
export function acceptanceOverRun(events: readonly RunEvent[], window = RECENT): AcceptancePoint[] {
  const verdicts: boolean[] = [];
  let accepted = 0;
  let acceptedRecently = 0;
  let committed = 0;
  const points: AcceptancePoint[] = [];
  for (const round of roundsOf(events)) {
    const before = verdicts.length;
    for (const { verdict } of round.tokens) {
      if (COMMITTED_VERDICTS.has(verdict)) committed++;
      if (verdict !== 'accepted' && verdict !== 'rejected') continue;
      const kept = verdict === 'accepted';
      verdicts.push(kept);
      if (kept) accepted++;
      if (kept) acceptedRecently++;
      if (verdicts[verdicts.length - 1 - window]) acceptedRecently--;
    }
    if (verdicts.length === before) continue;
    const recent = verdicts.length >= window ? acceptedRecently / window : null;
    points.push({ committed, overall: accepted / verdicts.length, recent });
  }
  return points;
}

/** Where the recent rate went from one side of `breakEven` to the other, by tokens committed; `above`: the side that it came to. */
export function crossings(
  points: readonly AcceptancePoint[],
  breakEven: number,
): { readonly committed: number; readonly above: boolean }[] {
  const sides = points.flatMap(({ committed, recent }) => (recent === null ? [] : [{ committed, above: recent >= breakEven }]));
  return sides.filter(({ above }, i) => i > 0 && above !== sides[i - 1]?.above);
}

/**
 * Acceptance by the kind of token that the text has in a judged draft's place: the draft itself where it was accepted, the target's own where
 * it was rejected. So a rate says how often such tokens were foreseen.
 */
export function acceptanceByKind(events: readonly RunEvent[]): ReadonlyMap<TokenKind, Judged> {
  const committed: RunToken[] = [];
  /** Whether the draft in the place of each committed token was accepted; null if none was judged. */
  const foreseen: (boolean | null)[] = [];
  for (const { tokens } of roundsOf(events)) {
    let rejected = false;
    for (const token of tokens) {
      if (token.verdict === 'rejected') rejected = true;
      if (!COMMITTED_VERDICTS.has(token.verdict)) continue;
      committed.push(token);
      foreseen.push(token.verdict === 'accepted' ? true : rejected ? false : null);
    }
  }
  const kinds = tokenKinds(committed);
  const counts = new Map<TokenKind, Judged>();
  foreseen.forEach((was, i) => {
    if (was === null) return;
    const kind = kinds[i] as TokenKind;
    const { judged, accepted } = counts.get(kind) ?? { judged: 0, accepted: 0 };
    counts.set(kind, { judged: judged + 1, accepted: accepted + (was ? 1 : 0) });
  });
  return counts;
}

/** How many rounds accepted 0, 1, 2, ... drafts, of the rounds that drafted any; as long as the longest draft and one more. Empty where nothing was drafted. */
export function acceptedLengths(events: readonly RunEvent[]): number[] {
  const drafted = roundsOf(events)
    .map((round) => draftsOf(round))
    .filter((drafts) => drafts.length > 0);
  if (drafted.length === 0) return [];
  const counts = new Array<number>(Math.max(...drafted.map((drafts) => drafts.length)) + 1).fill(0);
  for (const drafts of drafted) {
    const accepted = drafts.filter(({ verdict }) => verdict === 'accepted').length;
    counts[accepted] = (counts[accepted] ?? 0) + 1;
  }
  return counts;
}

/** Judged and accepted drafts by their position in the round, as far as any was judged. */
export function acceptanceByPosition(events: readonly RunEvent[]): Judged[] {
  const counts: { judged: number; accepted: number }[] = [];
  for (const round of roundsOf(events)) {
    draftsOf(round).forEach(({ verdict }, position) => {
      if (verdict === 'discarded') return;
      counts[position] ??= { judged: 0, accepted: 0 };
      const count = counts[position];
      count.judged++;
      if (verdict === 'accepted') count.accepted++;
    });
  }
  return Array.from(counts, (count) => count ?? { judged: 0, accepted: 0 });
}

/** The mean length of the drafts of rounds that drafted, rounded; null if none did. */
export function usualGamma(events: readonly RunEvent[]): number | null {
  const lengths = roundsOf(events)
    .map((round) => draftsOf(round).length)
    .filter((length) => length > 0);
  return lengths.length > 0 ? Math.max(1, Math.round(lengths.reduce((a, b) => a + b, 0) / lengths.length)) : null;
}

function roundsOf(events: readonly RunEvent[]): RoundEvent[] {
  return events.filter((event) => event.type === 'round');
}

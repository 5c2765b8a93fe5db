import { COMMITTED_VERDICTS, type DraftSource, LIMITS, type RoundEvent, type RunEvent, type Verdict } from '../types';
import type { Rates } from './cost';

const DRAFTED: ReadonlySet<Verdict> = new Set(['accepted', 'rejected', 'discarded']);

/** What the price of a round depends on. */
export interface PricedRound {
  readonly gamma: number;
  readonly source: DraftSource | null;
  /** Passes of the target: more than one where plain tokens were read back together. */
  readonly passes: number;
  /** Tokens in the cache when it began. */
  readonly context: number;
}

/** The rounds of a run as the cost model prices them; without the first, which sees the prompt. */
export function pricedRounds(events: readonly RunEvent[]): PricedRound[] {
  const start = events.find((event) => event.type === 'start');
  let context = (start?.promptIds.length ?? 1) - 1;
  return roundsOf(events)
    .map(({ tokens, source, passes = 1 }) => {
      const round = { gamma: tokens.filter(({ verdict }) => DRAFTED.has(verdict)).length, source, passes, context };
      context += tokens.filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict)).length;
      return round;
    })
    .slice(1);
}

/** Conditional acceptance rates of a run by position, of drafts of `source` (null: all); null if no draft was judged. */
export function ratesByPosition(events: readonly RunEvent[], source: DraftSource | null): (number | null)[] {
  const counts = Array.from({ length: LIMITS.gamma.max }, () => ({ accepted: 0, judged: 0 }));
  for (const round of roundsOf(events)) {
    if (source !== null && round.source !== source) continue;
    let position = 0;
    for (const { verdict } of round.tokens) {
      if (!DRAFTED.has(verdict)) continue;
      const count = counts[position++];
      if (!count || verdict === 'discarded') continue;
      count.judged++;
      if (verdict === 'accepted') count.accepted++;
    }
  }
  return counts.map(({ accepted, judged }) => (judged > 0 ? accepted / judged : null));
}

/** The same as the cost model takes them: as far as positions were judged, of which the last stands for all that follow. */
export function runRates(events: readonly RunEvent[]): Readonly<Record<DraftSource, Rates>> {
  const known = (source: DraftSource) => ratesByPosition(events, source).flatMap((rate) => (rate === null ? [] : [rate]));
  return { model: known('model'), ngram: known('ngram'), person: known('person') };
}

function roundsOf(events: readonly RunEvent[]): RoundEvent[] {
  return events.filter((event) => event.type === 'round');
}

import type { PricedRound, Rates } from './cost';
import { COMMITTED_VERDICTS, type DraftSource, LIMITS, type RoundEvent, type RunEvent, type Verdict } from './types';

const DRAFTED: ReadonlySet<Verdict> = new Set(['accepted', 'rejected', 'discarded']);

/** The rounds of a run as the cost model prices them; without the first, which sees the prompt. */
export function pricedRounds(events: readonly RunEvent[]): PricedRound[] {
  const start = events.find((event) => event.type === 'start');
  let context = (start?.promptIds.length ?? 1) - 1;
  return roundsOf(events)
    .map(({ tokens, source }) => {
      const round = { gamma: tokens.filter(({ verdict }) => DRAFTED.has(verdict)).length, source, context };
      context += tokens.filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict)).length;
      return round;
    })
    .slice(1);
}

/** Conditional acceptance rates of a run by position, of drafts of `source` (null: all); null where no draft was judged. */
export function ratesByPosition(events: readonly RunEvent[], source: DraftSource | null): (number | null)[] {
  const rounds = roundsOf(events).filter((round) => source === null || round.source === source);
  return Array.from({ length: LIMITS.gamma.max }, (_, position) => {
    const verdicts = rounds.flatMap(({ tokens }) => tokens.filter(({ verdict }) => DRAFTED.has(verdict))[position]?.verdict ?? []);
    const accepted = verdicts.filter((verdict) => verdict === 'accepted').length;
    const judged = accepted + verdicts.filter((verdict) => verdict === 'rejected').length;
    return judged > 0 ? accepted / judged : null;
  });
}

/** The same as the cost model takes them: as far as positions were judged, of which the last stands for all that follow. */
export function runRates(events: readonly RunEvent[]): Readonly<Record<DraftSource, Rates>> {
  const known = (source: DraftSource) => ratesByPosition(events, source).flatMap((rate) => (rate === null ? [] : [rate]));
  return { model: known('model'), lookup: known('lookup'), person: known('person') };
}

function roundsOf(events: readonly RunEvent[]): RoundEvent[] {
  return events.filter((event) => event.type === 'round');
}

import { FailureError } from '../failure';
import { draftsOf } from '../run/moment';
import { type Tally, tally } from '../run/tally';
import { COMMITTED_VERDICTS, type RoundEvent, type RunEvent } from '../types';

/** Longest text that is taken for one round, in UTF-16 units; far more than a round can judge. */
export const LONGEST_TYPED = 400;

/** @throws FailureError why nothing can be judged of `typed`, which is tidied (`tidyTyped`), as one round's draft */
export function checkTyped(typed: string): void {
  if (typed === '' || typed === ' ') throw new FailureError('draft-empty', 'Nothing is typed.', 'Type what you think comes next, or pass.');
  if (typed.length > LONGEST_TYPED) {
    throw new FailureError(
      'draft-too-long',
      `This has ${typed.length} characters; a round takes up to ${LONGEST_TYPED}.`,
      'Shorten it; it stays here.',
    );
  }
}

/** How a draft fared, a person's or a model's. */
export interface Score {
  readonly accepted: number;
  /** Accepted and rejected. */
  readonly judged: number;
  /** Conditional acceptance rate α; null while nothing was judged. */
  readonly acceptanceRate: number | null;
  readonly committed: number;
  /** Passes that the target needed. */
  readonly passes: number;
  /** Passes that it would have needed more without a draft: one for every token. */
  readonly saved: number;
}

export function scoreOf(events: readonly RunEvent[]): Score {
  return toScore(tally(events));
}

/** The rounds of `events` that began before `tokens` tokens stood: as much of one run as another has come. */
export function upToTokens(events: readonly RunEvent[], tokens: number): RunEvent[] {
  let committed = 0;
  return events.filter((event) => {
    if (event.type !== 'round') return true;
    const before = committed;
    committed += event.tokens.filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict)).length;
    return before < tokens;
  });
}

/** The same for every team of a room: the round that a person is asked for goes to one after the other, from the first. */
export function scoresByTeam(events: readonly RunEvent[], teams: number): Score[] {
  const asked = events.filter(wasAsked);
  return Array.from({ length: teams }, (_, team) => scoreOf(asked.filter((_round, i) => i % teams === team)));
}

/** Whose turn the next round is, from 0. */
export function teamToAsk(events: readonly RunEvent[], teams: number): number {
  return events.filter(wasAsked).length % teams;
}

/** The last round that a person was asked for; null before it. */
export function lastAsked(events: readonly RunEvent[]): RoundEvent | null {
  return events.findLast(wasAsked) ?? null;
}

/** Whether more was typed than the target judged: the text of the drafts does not reach the end of what was typed. */
export function isCut(round: RoundEvent, typed: string): boolean {
  const judged = draftsOf(round).map((token) => token.text);
  return judged.length > 0 && judged.join('').trimEnd().length < typed.trimEnd().length;
}

/** Whether a person was asked for this round's draft. */
function wasAsked(event: RunEvent): event is RoundEvent {
  return event.type === 'round' && event.limits.person !== undefined;
}

function toScore({ accepted, rejected, acceptanceRate, committed, passes }: Tally): Score {
  return { accepted, judged: accepted + rejected, acceptanceRate, committed, passes, saved: committed - passes };
}

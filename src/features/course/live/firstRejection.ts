import type { RunEvent } from '../../../core/types';
import { lastWords, textBefore } from '../../../lessons/inWords';

/** Letters of the text before a round that words are taken from. */
const LETTERS = 60;

export interface Rejection {
  /** Index of its round. */
  readonly round: number;
  /** Drafts of the round that were accepted. */
  readonly kept: number;
  /** The last words of the text before its place. */
  readonly after: string;
  readonly rejected: string;
  /** null if the run was cut there. */
  readonly corrected: string | null;
  readonly discarded: number;
}

/** The first rejection of a run; null if nothing was rejected. */
export function firstRejection(events: readonly RunEvent[]): Rejection | null {
  for (const event of events) {
    if (event.type !== 'round') continue;
    const rejected = event.tokens.find(({ verdict }) => verdict === 'rejected');
    if (!rejected) continue;
    const kept = event.tokens.filter(({ verdict }) => verdict === 'accepted').map(({ text }) => text);
    const count = (wanted: string) => event.tokens.filter(({ verdict }) => verdict === wanted).length;
    return {
      round: event.index,
      kept: kept.length,
      after: lastWords(textBefore(events, event, LETTERS) + kept.join('')),
      rejected: rejected.text,
      corrected: event.tokens.find(({ verdict }) => verdict === 'corrected')?.text ?? null,
      discarded: count('discarded'),
    };
  }
  return null;
}

import type { RunEvent } from '../../../core/types';

export interface Rejection {
  /** Index of its round. */
  readonly round: number;
  /** Drafts of the round that were accepted. */
  readonly kept: number;
  readonly rejected: string;
  /** null where the run was cut there. */
  readonly corrected: string | null;
  readonly discarded: number;
}

/** The first rejection of a run; null where nothing was rejected. */
export function firstRejection(events: readonly RunEvent[]): Rejection | null {
  for (const event of events) {
    if (event.type !== 'round') continue;
    const rejected = event.tokens.find(({ verdict }) => verdict === 'rejected');
    if (!rejected) continue;
    const count = (wanted: string) => event.tokens.filter(({ verdict }) => verdict === wanted).length;
    return {
      round: event.index,
      kept: count('accepted'),
      rejected: rejected.text,
      corrected: event.tokens.find(({ verdict }) => verdict === 'corrected')?.text ?? null,
      discarded: count('discarded'),
    };
  }
  return null;
}

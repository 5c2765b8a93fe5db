import type { RoundEvent, RunEvent } from '../types';

/**
 * What a run is doing at a moment of its clock. `verifying` covers the target's pass, `reading` the readback and the bookkeeping after
 * it; `working` is a round whose device has no clock, so that its parts are not known; `between` is the time from one round to the next.
 */
export type Phase = 'waiting' | 'prefill' | 'drafting' | 'verifying' | 'reading' | 'working' | 'between' | 'ended';

/** A run at one moment of its clock. */
export interface Moment {
  /** How many of the run's events have happened. */
  readonly happened: number;
  readonly phase: Phase;
  /** The round that is under way, whose outcome is still open. */
  readonly round: RoundEvent | null;
  /** Of that round's drafts, how many there are. The device reports a draft's time as a whole: its tokens are taken to be evenly spaced. */
  readonly drafted: number;
}

/** Where a round's parts end, in milliseconds of the run's clock. */
export interface RoundParts {
  readonly draftEndMs: number;
  readonly verifyEndMs: number;
}

/** The device's times laid from the start of the round, shortened together if they exceed it; null if the device has no clock. */
export function roundParts({ device, startMs, endMs }: RoundEvent): RoundParts | null {
  if (!device) return null;
  const { draftMs, verifyMs } = device;
  const scale = Math.min(1, (endMs - startMs) / (draftMs + verifyMs || 1));
  return { draftEndMs: startMs + draftMs * scale, verifyEndMs: startMs + (draftMs + verifyMs) * scale };
}

/** The drafted tokens of `round`, in order. */
export function draftsOf({ tokens }: RoundEvent): RoundEvent['tokens'] {
  return tokens.filter(({ verdict }) => verdict === 'accepted' || verdict === 'rejected' || verdict === 'discarded');
}

/** When `event` was known, in milliseconds of the run's clock. */
export function knownAt(event: RunEvent): number {
  return event.type === 'start' ? 0 : event.endMs;
}

/** How many of `events`, which are in order, have happened by `atMs`. */
export function happenedBy(events: readonly RunEvent[], atMs: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const event = events[middle];
    if (event && knownAt(event) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The run of `events` at `atMs` milliseconds of its clock. */
export function momentOf(events: readonly RunEvent[], atMs: number): Moment {
  const happened = happenedBy(events, atMs);
  const at = (phase: Phase, round: RoundEvent | null = null, drafted = 0): Moment => ({ happened, phase, round, drafted });
  const next = events[happened];
  if (!next) return at(events.at(-1)?.type === 'end' ? 'ended' : 'waiting');
  if (next.type === 'prefill') return at('prefill');
  if (next.type !== 'round' || atMs < next.startMs) return at('between');
  const drafts = draftsOf(next).length;
  const parts = roundParts(next);
  if (!parts) return at('working', next, drafts);
  if (atMs >= parts.verifyEndMs) return at('reading', next, drafts);
  if (drafts === 0 || atMs >= parts.draftEndMs) return at('verifying', next, drafts);
  return at('drafting', next, Math.floor((drafts * (atMs - next.startMs)) / (parts.draftEndMs - next.startMs)));
}

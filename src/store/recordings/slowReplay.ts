import { create } from 'zustand';
import { tally } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { readAddress } from '../page/address';
import { useVisitor } from '../page/visitor';
import { useRun } from '../run/run';
import { endSlowly, playSlowly, usePlayback } from './playback';
import { shownRecording } from './recording';

/** A run whose tokens came in less time than this is over before it can be read, in milliseconds. */
const TOO_FAST_MS = 2_000;

export interface SlowReplay {
  /** How long the run took that is replayed because it was too fast to be seen; null while none is. */
  readonly tookMs: number | null;
}

export const useSlowReplay = create<SlowReplay>()(() => ({ tookMs: null }));

/** Shows the whole run at once instead. */
export function endSlowReplay(): void {
  if (useSlowReplay.getState().tookMs !== null) endSlowly();
}

// A visitor's first run is replayed slowly where it was too fast to be seen, unless they look elsewhere, have chosen a pace or want no motion.
useRun.subscribe(({ activity, started, events }, before) => {
  if (activity !== 'idle' || before.activity === 'idle' || !started || shownRecording()) return;
  if (useVisitor.getState().hasRun || !isWatched()) return;
  const tookMs = decodedIn(events);
  if (tookMs === null) return;
  useVisitor.setState({ hasRun: true });
  const { pace, atMs } = usePlayback.getState();
  if (tookMs >= TOO_FAST_MS || pace !== 1 || atMs !== null || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  playSlowly();
  useSlowReplay.setState({ tookMs });
});

// Its word goes with the pace: when it has ended, another pace is chosen or another run is shown.
usePlayback.subscribe(({ pace, atMs }) => {
  if (useSlowReplay.getState().tookMs !== null && (atMs === null || pace !== 0.1)) useSlowReplay.setState({ tookMs: null });
});

const isWatched = () => [null, 'watch'].includes(readAddress(location.hash).view);

/** From the first token to the last of a run that came to its end, in milliseconds; null if it did not, or where there is no more than one round. */
function decodedIn(events: readonly RunEvent[]): number | null {
  const end = events.at(-1);
  if (end?.type !== 'end' || end.reason === 'aborted' || end.reason === 'failed') return null;
  const { rounds, decodeMs } = tally(events);
  return rounds > 1 ? decodeMs : null;
}

import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { happenedBy, knownAt, type Moment, momentOf } from '../../core/run/moment';
import type { RunEvent } from '../../core/types';
import { useRun } from '../run/run';
import { createPlayer, type Pace, type Player } from './player';

export { PACES, type Pace, type PlaybackState } from './player';

/** The run on the page, from where its first round begins: while the prompt is read there is nothing to see. */
const made = createPlayer({
  firstMs: () => {
    const prefill = useRun.getState().events.find((event) => event.type === 'prefill');
    return prefill ? knownAt(prefill) : 0;
  },
  lastMs: () => {
    const latest = useRun.getState().events.at(-1);
    return latest ? knownAt(latest) : 0;
  },
  isEnded: () => (useRun.getState().events.at(-1)?.type ?? 'end') === 'end',
});

export const { use: usePlayback, playFromStart, resume, pause, seek } = made;

/** Whether the slow pace is the page's own choice, which ends with the run that it was made for. */
let slowed = false;

/** Shows what comes from now on at `pace`, without a leap. */
export function setPace(pace: Pace): void {
  slowed = false;
  made.setPace(pace);
}

export const player: Player = { ...made, setPace };

/**
 * Shows the run on the page from its first token, which stands there at once, so slowly that it can be read, without choosing that pace for the
 * runs that follow.
 */
export function playSlowly(): void {
  slowed = true;
  usePlayback.setState({ pace: 0.1 });
  const first = useRun.getState().events.find((event) => event.type === 'round');
  seek(first ? knownAt(first) : 0);
  resume();
}

/** Ends what `playSlowly` began: the whole run is shown, and the next one at its own pace. */
export function endSlowly(): void {
  if (slowed) setPace(1);
  usePlayback.setState({ playing: false, atMs: null });
}

useRun.subscribe(({ events }, before) => {
  if (events[0] === before.events[0]) return;
  if (slowed) usePlayback.setState({ pace: 1 });
  slowed = false;
  made.restart();
});

/** What has happened of the run on the page by the moment that is shown. */
export function useShownEvents(): readonly RunEvent[] {
  const events = useRun((state) => state.events);
  const count = usePlayback(({ atMs }) => (atMs === null ? events.length : happenedBy(events, atMs)));
  return useMemo(() => (count === events.length ? events : events.slice(0, count)), [events, count]);
}

/** The shown moment of the run on the page. */
export function useMoment(): Moment {
  const events = useRun((state) => state.events);
  return usePlayback(useShallow(({ atMs }) => momentOf(events, atMs ?? Number.POSITIVE_INFINITY)));
}

import { useMemo } from 'react';
import { create } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { happenedBy, knownAt, type Moment, momentOf } from '../core/moment';
import type { RunEvent } from '../core/types';
import { useRun } from './run';

/** How fast a run is shown, as a share of its own pace. */
export const RATES = [1, 0.5, 0.1] as const;
export type Rate = (typeof RATES)[number];

export interface PlaybackState {
  readonly rate: Rate;
  /** Whether the shown moment moves on. */
  readonly playing: boolean;
  /** The moment of the run's clock that the page shows; null: all that there is, as it comes. */
  readonly atMs: number | null;
}

export const usePlayback = create<PlaybackState>()(() => ({ rate: 1, playing: false, atMs: null }));

/** Shows the run on the page as it went, from where its first round begins: while the prompt is read there is nothing to see. */
export function playFromStart(): void {
  play(firstMoment());
}

/** Goes on from the shown moment, from the beginning if that is the run's end. */
export function resume(): void {
  const { atMs } = usePlayback.getState();
  const ended = isEnded(useRun.getState().events);
  play(ended && (atMs ?? lastMoment()) >= lastMoment() ? firstMoment() : (atMs ?? lastMoment()));
}

/** Holds the shown moment; a run that is under way goes on unseen. */
export function pause(): void {
  const { atMs } = usePlayback.getState();
  usePlayback.setState({ playing: false, atMs: atMs ?? lastMoment() });
}

/** Shows `atMs` of the run's clock. */
export function seek(atMs: number): void {
  usePlayback.setState({ atMs: Math.max(0, Math.min(atMs, lastMoment())) });
}

/** Shows what comes from now on at `rate`, without a leap. */
export function setRate(rate: Rate): void {
  usePlayback.setState({ rate });
  if (rate !== 1 && usePlayback.getState().atMs === null && !isEnded(useRun.getState().events) && useRun.getState().events.length > 0)
    play(lastMoment());
}

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

function play(fromMs: number): void {
  usePlayback.setState({ playing: true, atMs: fromMs });
}

function firstMoment(): number {
  const prefill = useRun.getState().events.find((event) => event.type === 'prefill');
  return prefill ? knownAt(prefill) : 0;
}

function lastMoment(): number {
  const latest = useRun.getState().events.at(-1);
  return latest ? knownAt(latest) : 0;
}

function isEnded(events: readonly RunEvent[]): boolean {
  return events.at(-1)?.type === 'end';
}

/** Another run is shown as it comes, or from its beginning at the rate that was chosen. */
useRun.subscribe(({ events }, before) => {
  if (events[0] === before.events[0]) return;
  usePlayback.setState(usePlayback.getState().rate === 1 ? { playing: false, atMs: null } : { playing: true, atMs: 0 });
});

let frame: number | null = null;
let shownAt = 0;

usePlayback.subscribe(({ playing }) => {
  if (!playing || frame !== null) return;
  shownAt = performance.now();
  frame = requestAnimationFrame(advance);
});

/** A frame of the playback: moves the shown moment by the time since the frame before. */
function advance(now: number): void {
  frame = null;
  const { playing, rate, atMs } = usePlayback.getState();
  if (!playing || atMs === null) return;
  // A page that was not drawn goes on where it was.
  const moved = atMs + rate * Math.max(0, Math.min(now - shownAt, 250));
  shownAt = now;
  const last = lastMoment();
  if (moved >= last && isEnded(useRun.getState().events)) {
    usePlayback.setState({ playing: false, atMs: null });
    return;
  }
  frame = requestAnimationFrame(advance);
  // A live run is caught up with, and waited for.
  usePlayback.setState({ atMs: Math.min(moved, last) });
}

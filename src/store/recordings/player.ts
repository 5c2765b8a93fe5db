import { create, type StoreApi, type UseBoundStore } from 'zustand';

/** How fast something is shown, as a share of its own pace. */
export const PACES = [1, 0.5, 0.1] as const;
export type Pace = (typeof PACES)[number];

export interface PlaybackState {
  readonly pace: Pace;
  /** Whether the shown moment moves on. */
  readonly playing: boolean;
  /** The moment that is shown, in milliseconds of the clock of what is played; null: all that there is, as it comes. */
  readonly atMs: number | null;
}

/** What can be played: one run, or several on one clock. It may still grow. */
export interface Playable {
  /** Where playing begins. */
  readonly firstMs: () => number;
  /** As far as it goes now. */
  readonly lastMs: () => number;
  /** Whether there is nothing that still grows. */
  readonly isEnded: () => boolean;
}

/** The moment of one playable thing that is shown, and the ways to move it. */
export interface Player {
  readonly use: UseBoundStore<StoreApi<PlaybackState>>;
  /** Shows it as it went, from its first moment. */
  readonly playFromStart: () => void;
  /** Goes on from the shown moment, from the beginning if that is the end. */
  readonly resume: () => void;
  /** Holds the shown moment; what is still growing goes on unseen. */
  readonly pause: () => void;
  readonly seek: (atMs: number) => void;
  /** Shows what comes from now on at `pace`, without a leap. */
  readonly setPace: (pace: Pace) => void;
  /** Another one is played from now on: shown as it comes, or from its beginning at the pace that was chosen. */
  readonly restart: () => void;
}

/** Longest time between two frames that is played; a page that was not drawn goes on where it was. */
const LONGEST_FRAME_MS = 250;

export function createPlayer({ firstMs, lastMs, isEnded }: Playable): Player {
  const use = create<PlaybackState>()(() => ({ pace: 1, playing: false, atMs: null }));
  const playFrom = (atMs: number) => use.setState({ playing: true, atMs });
  let frame: number | null = null;
  let shownAt = 0;

  use.subscribe(({ playing }) => {
    if (!playing || frame !== null) return;
    shownAt = performance.now();
    frame = requestAnimationFrame(advance);
  });

  /** A frame: moves the shown moment by the time since the frame before. */
  function advance(now: number): void {
    frame = null;
    const { playing, pace, atMs } = use.getState();
    if (!playing || atMs === null) return;
    const moved = atMs + pace * Math.max(0, Math.min(now - shownAt, LONGEST_FRAME_MS));
    shownAt = now;
    const last = lastMs();
    if (moved >= last && isEnded()) {
      use.setState({ playing: false, atMs: null });
      return;
    }
    frame = requestAnimationFrame(advance);
    // What is still growing is caught up with, and waited for.
    use.setState({ atMs: Math.min(moved, last) });
  }

  return {
    use,
    playFromStart: () => playFrom(firstMs()),
    resume: () => {
      const atMs = use.getState().atMs ?? lastMs();
      playFrom(isEnded() && atMs >= lastMs() ? firstMs() : atMs);
    },
    pause: () => use.setState({ playing: false, atMs: use.getState().atMs ?? lastMs() }),
    seek: (atMs) => use.setState({ atMs: Math.max(0, Math.min(atMs, lastMs())) }),
    setPace: (pace) => {
      use.setState({ pace });
      if (pace !== 1 && use.getState().atMs === null && !isEnded()) playFrom(lastMs());
    },
    restart: () => use.setState(use.getState().pace === 1 ? { playing: false, atMs: null } : { playing: true, atMs: 0 }),
  };
}

import type { CSSProperties } from 'react';
import type { Player } from '../../store/recordings/player';
import { playback as words } from '../texts/playback';
import './player.css';

/** Positions of the slider: fine enough for a round of a thousand. */
const STEPS = 2000;

interface ScrubberProps {
  readonly player: Player;
  /** The end of what is played, in milliseconds of its clock. */
  readonly endMs: number;
  /** What the whole width stands for. */
  readonly totalMs: number;
  /** The moment in words. */
  readonly momentText: (atMs: number) => string;
}

/** The shown moment, as a slider as wide as what is played is long. */
export function Scrubber({ player, endMs, totalMs, momentText }: ScrubberProps) {
  const atMs = Math.min(
    player.use((state) => state.atMs ?? Number.POSITIVE_INFINITY),
    endMs,
  );
  if (endMs === 0) return null;
  return (
    <input
      className="scrubber"
      type="range"
      aria-label={words.moment}
      aria-valuetext={momentText(atMs)}
      style={{ '--share': endMs / totalMs } as CSSProperties}
      min={0}
      max={STEPS}
      step={1}
      value={Math.round((STEPS * atMs) / endMs)}
      onChange={(event) => player.seek((Number(event.target.value) * endMs) / STEPS)}
    />
  );
}

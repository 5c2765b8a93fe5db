import type { CSSProperties } from 'react';
import { momentOf } from '../../core/moment';
import { seek, usePlayback } from '../../store/playback';
import { useRun } from '../../store/run';
import { formatSeconds } from '../../ui/format';
import { playback as words } from '../../ui/texts/playback';

/** Positions of the slider: fine enough for a round of a thousand. */
const STEPS = 2000;

interface ScrubberProps {
  /** The end of the run, in milliseconds of its clock. */
  readonly endMs: number;
  /** What the whole width stands for. */
  readonly totalMs: number;
}

/** The shown moment, as a slider as wide as the run is long. */
export function Scrubber({ endMs, totalMs }: ScrubberProps) {
  const atMs = Math.min(
    usePlayback((state) => state.atMs ?? Number.POSITIVE_INFINITY),
    endMs,
  );
  const events = useRun((state) => state.events);
  if (endMs === 0) return null;
  const { phase } = momentOf(events, atMs);
  return (
    <input
      className="scrubber"
      type="range"
      aria-label={words.moment}
      aria-valuetext={words.momentText(formatSeconds(atMs), words.phases[phase])}
      style={{ '--share': endMs / totalMs } as CSSProperties}
      min={0}
      max={STEPS}
      step={1}
      value={Math.round((STEPS * atMs) / endMs)}
      onChange={(event) => seek((Number(event.target.value) * endMs) / STEPS)}
    />
  );
}

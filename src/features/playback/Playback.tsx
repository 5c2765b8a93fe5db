import { useMemo } from 'react';
import { comparableRuns, onOneDevice } from '../../core/run/comparison';
import { knownAt, momentOf } from '../../core/run/moment';
import type { RunEvent } from '../../core/types';
import { player } from '../../store/recordings/playback';
import { useRun } from '../../store/run/run';
import { formatSeconds } from '../../ui/format';
import { PaceChoice, PlayButton, Scrubber } from '../../ui/player';
import { playback as words } from '../../ui/texts/playback';
import './playback.css';
import { ShownPhase } from './ShownPhase';
import { SlowNote } from './SlowNote';
import { Timeline } from './Timeline';

/** The run on the page in time: its rounds to scale, and the moment that is shown, which can be moved, held and slowed. */
export function Playback() {
  const events = useRun((state) => state.events);
  const live = useRun(({ activity }) => activity !== 'idle');
  const other = useOther(events);
  const totalMs = Math.max(duration(events), other ? duration(other) : 0);
  return (
    <section className="playback" aria-label={words.heading}>
      <SlowNote />
      <div className="playback-bar">
        <PlayButton player={player} live={live} empty={events.length === 0} />
        <PaceChoice player={player} />
        <ShownPhase />
      </div>
      <div className="timelines">
        <Timeline events={events} totalMs={totalMs} />
        <Scrubber
          player={player}
          endMs={duration(events)}
          totalMs={totalMs}
          momentText={(atMs) => words.momentText(formatSeconds(atMs), words.phases[momentOf(events, atMs).phase])}
        />
        {other ? <Timeline events={other} totalMs={totalMs} /> : null}
      </div>
    </section>
  );
}

/** The last run of the other mode, where it was asked the same on the same device. */
function useOther(events: readonly RunEvent[]): readonly RunEvent[] | null {
  const last = useRun((state) => state.last);
  return useMemo(() => {
    const [start] = events;
    if (start?.type !== 'start' || events.at(-1)?.type !== 'end') return null;
    const other = last[start.settings.mode === 'plain' ? 'speculative' : 'plain'];
    return other && comparableRuns(events, other) && onOneDevice(events, other) ? other : null;
  }, [events, last]);
}

function duration(events: readonly RunEvent[]): number {
  const latest = events.at(-1);
  return latest ? knownAt(latest) : 0;
}

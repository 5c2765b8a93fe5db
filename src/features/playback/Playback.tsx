import { useMemo } from 'react';
import { comparableRuns } from '../../core/comparison';
import { knownAt } from '../../core/moment';
import type { RunEvent } from '../../core/types';
import { RATES, type Rate, setRate, usePlayback } from '../../store/playback';
import { useRun } from '../../store/run';
import { Choices } from '../../ui/Choices';
import { playback as words } from '../../ui/texts/playback';
import { PlayButton } from './PlayButton';
import './playback.css';
import { Scrubber } from './Scrubber';
import { ShownPhase } from './ShownPhase';
import { Timeline } from './Timeline';

const SPEEDS = RATES.map((rate) => ({ value: String(rate), label: words.rates[rate] }));

/** The run on the page in time: its rounds to scale, and the moment that is shown, which can be moved, held and slowed. */
export function Playback() {
  const events = useRun((state) => state.events);
  const other = useOther(events);
  const totalMs = Math.max(duration(events), other ? duration(other) : 0);
  return (
    <section className="playback" aria-label={words.heading}>
      <div className="playback-bar">
        <PlayButton />
        <Choices legend={words.rate} options={SPEEDS} value={String(usePlayback(({ rate }) => rate))} onChange={chooseRate} />
        <ShownPhase />
      </div>
      <div className="timelines">
        <Timeline events={events} totalMs={totalMs} />
        <Scrubber endMs={duration(events)} totalMs={totalMs} />
        {other ? <Timeline events={other} totalMs={totalMs} /> : null}
      </div>
    </section>
  );
}

function chooseRate(value: string): void {
  setRate(Number(value) as Rate);
}

/** The last run of the other mode, where it was asked the same. */
function useOther(events: readonly RunEvent[]): readonly RunEvent[] | null {
  const last = useRun((state) => state.last);
  return useMemo(() => {
    const [start] = events;
    if (start?.type !== 'start' || events.at(-1)?.type !== 'end') return null;
    const other = last[start.settings.mode === 'plain' ? 'speculative' : 'plain'];
    return other && comparableRuns(events, other) ? other : null;
  }, [events, last]);
}

function duration(events: readonly RunEvent[]): number {
  const latest = events.at(-1);
  return latest ? knownAt(latest) : 0;
}

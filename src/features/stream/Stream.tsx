import { useMemo } from 'react';
import { startOf } from '../../core/tally';
import { usePlayback, useShownEvents } from '../../store/playback';
import { useRun } from '../../store/run';
import { output as words } from '../../ui/texts';
import { TokenLog } from '../../ui/tokens';
import './stream.css';
import { useFollowEnd } from './useFollowEnd';

/** The text of the run on the page, at the moment that is shown. */
export function Stream() {
  const events = useShownEvents();
  const live = useRun((state) => state.activity !== 'idle');
  const playing = usePlayback((state) => state.playing);
  const rounds = useMemo(() => events.filter(({ type }) => type === 'round').length, [events]);
  const endMark = useFollowEnd(startOf(events), rounds);
  return (
    <TokenLog label={words.log} events={events} writing={live || playing}>
      <span ref={endMark} className="end-mark" />
    </TokenLog>
  );
}

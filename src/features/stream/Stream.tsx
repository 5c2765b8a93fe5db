import { useMemo } from 'react';
import { startOf } from '../../core/run/tally';
import { usePlayback, useShownEvents } from '../../store/recordings/playback';
import { useShownRecording } from '../../store/recordings/recording';
import { useRun } from '../../store/run/run';
import { output as words } from '../../ui/texts';
import { recording as recordingWords } from '../../ui/texts/recording';
import { TokenLog, useFollowEnd } from '../../ui/tokens';
import './stream.css';

/** The text of the run on the page, at the moment that is shown. */
export function Stream() {
  const events = useShownEvents();
  const live = useRun((state) => state.activity !== 'idle');
  const recording = useShownRecording();
  const playing = usePlayback((state) => state.playing);
  const rounds = useMemo(() => events.filter(({ type }) => type === 'round').length, [events]);
  const endMark = useFollowEnd(startOf(events), rounds, live || (playing && !recording?.opening));
  return (
    <TokenLog label={recording ? recordingWords.log : words.log} events={events} writing={live || playing}>
      <span ref={endMark} className="end-mark" />
    </TokenLog>
  );
}

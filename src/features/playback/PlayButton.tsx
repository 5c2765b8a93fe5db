import { pause, resume, usePlayback } from '../../store/playback';
import { useRun } from '../../store/run';
import { Button } from '../../ui/Button';
import { playback as words } from '../../ui/texts/playback';

/** Plays the run from the shown moment, or holds it. */
export function PlayButton() {
  const moving = usePlayback(({ playing }) => playing);
  const live = useRun(({ activity }) => activity !== 'idle');
  const following = usePlayback(({ atMs }) => atMs === null);
  const empty = useRun(({ events }) => events.length === 0);
  const playing = moving || (live && following);
  return (
    <span className="play-button">
      <Button look="small" disabled={empty} onPress={playing ? pause : resume}>
        <i className={playing ? 'sign-pause' : 'sign-play'} aria-hidden="true" />
        {playing ? words.pause : words.play}
      </Button>
    </span>
  );
}

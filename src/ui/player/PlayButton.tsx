import type { Player } from '../../store/recordings/player';
import { Button } from '../Button';
import { playback as words } from '../texts/playback';
import './player.css';

interface PlayButtonProps {
  readonly player: Player;
  /** Whether what is played still grows: shown as it comes, it moves by itself. */
  readonly live?: boolean;
  /** Whether there is nothing to play. */
  readonly empty: boolean;
  /** As `aria-keyshortcuts` has it. */
  readonly keyShortcuts?: string | undefined;
}

/** Plays from the shown moment, or holds it. */
export function PlayButton({ player, live = false, empty, keyShortcuts }: PlayButtonProps) {
  const moving = player.use(({ playing }) => playing);
  const following = player.use(({ atMs }) => atMs === null);
  const playing = moving || (live && following);
  return (
    <span className="play-button">
      <Button look="small" disabled={empty} keyShortcuts={keyShortcuts} onPress={playing ? player.pause : player.resume}>
        <i className={playing ? 'sign-pause' : 'sign-play'} aria-hidden="true" />
        {playing ? words.pause : words.play}
      </Button>
    </span>
  );
}

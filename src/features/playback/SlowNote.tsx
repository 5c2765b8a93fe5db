import { showWhole } from '../../actions/pace';
import { useSlowReplay } from '../../store/recordings/slowReplay';
import { ActionButton } from '../../ui/ActionButton';
import { formatSeconds } from '../../ui/format';
import { playback as words } from '../../ui/texts/playback';

/** Why a run is replayed slowly that nobody asked to see so, with the way out. */
export function SlowNote() {
  const tookMs = useSlowReplay((state) => state.tookMs);
  return (
    <div className="slow-note" role="status">
      {tookMs === null ? null : (
        <>
          <span>{words.slowed(formatSeconds(tookMs))}</span>
          <ActionButton action={showWhole} look="quiet" showKeys />
        </>
      )}
    </div>
  );
}

import { useMoment } from '../../store/recordings/playback';
import { formatCount } from '../../ui/format';
import { playback as words } from '../../ui/texts/playback';

/** What the run does at the shown moment. Not announced: it changes many times a second. */
export function ShownPhase() {
  const { phase, round } = useMoment();
  return (
    <p className="shown-phase" data-phase={phase}>
      {round ? <span>{words.round(formatCount(round.index + 1))}</span> : null} <b>{words.phases[phase]}</b>
    </p>
  );
}

import { halfCachesOf } from '../../core/run/device';
import { startOf } from '../../core/run/tally';
import { useShownRecording } from '../../store/recordings/recording';
import { useRun } from '../../store/run/run';
import { formatDate } from '../../ui/format';
import { recording as words } from '../../ui/texts/recording';
import './recordingNote.css';

/** A prompt longer than this is folded to its beginning, in characters. */
const LONG = 240;

/** That what stands on the page was recorded, where and when; nothing while it was not. Of the run that the page opens with no more than that. */
export function RecordingNote() {
  const shown = useShownRecording();
  const start = startOf(useRun((state) => state.events));
  if (!shown || !start) return null;
  const { title, recordedAt, machine, leftOut } = shown.about;
  const where = machine ?? start.labels.adapter;
  const at = recordedAt === null ? '' : formatDate(recordedAt);
  const place = [where === '' ? '' : words.on(where), halfCachesOf(start), at].filter((part) => part !== '').join(', ');
  if (shown.opening) {
    return (
      <p className="recording-note opening">
        <b>{words.label}</b> <q>{start.prompt}</q> <span>{place}</span>
      </p>
    );
  }
  return (
    <div className="recording-note">
      <b>{words.label}</b>
      <span>
        {title ?? words.untitled}
        <span className="recording-how">: {words.how(start)}</span>
        {place === '' ? null : `, ${place}`}. {words.without(leftOut)}
      </span>
      {start.prompt.length > LONG ? (
        <details className="recording-prompt">
          <summary>
            <q>{start.prompt.slice(0, LONG)} …</q>
          </summary>
          <q>{start.prompt}</q>
        </details>
      ) : (
        <q className="recording-prompt">{start.prompt}</q>
      )}
    </div>
  );
}

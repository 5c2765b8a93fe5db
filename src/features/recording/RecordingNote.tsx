import { startOf } from '../../core/tally';
import { useShownRecording } from '../../store/recording';
import { useRun } from '../../store/run';
import { formatDate } from '../../ui/format';
import { recording as words } from '../../ui/texts/recording';
import './recording.css';

/** That what stands on the page was recorded, where and when; nothing while it was not. */
export function RecordingNote() {
  const shown = useShownRecording();
  const start = startOf(useRun((state) => state.events));
  if (!shown || !start) return null;
  const { title, recordedAt, machine, leftOut } = shown.about;
  const where = machine ?? start.labels.adapter;
  return (
    <p className="recording-note">
      <b>{words.label}</b>
      <span>
        {title ?? words.untitled}
        <span className="recording-how">: {words.how(start)}</span>
        {where === '' ? null : <>, {words.on(where)}</>}
        {recordedAt === null ? null : <>, {formatDate(recordedAt)}</>}. {words.without(leftOut)}
        {shown.opening ? ` ${words.pressRun}` : null}
      </span>
      <q className="recording-prompt">{start.prompt}</q>
    </p>
  );
}

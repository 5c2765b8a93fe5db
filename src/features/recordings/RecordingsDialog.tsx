import { openTrace } from '../../actions/share';
import { closeRecordings, type ListedRecording, useRecordings } from '../../store/recordings/list';
import { openRecording } from '../../store/recordings/recording';
import { ActionButton } from '../../ui/ActionButton';
import { FailureNotice } from '../../ui/FailureNotice';
import { Sheet } from '../../ui/Sheet';
import { recordings as words } from '../../ui/texts/recording';
import './recordings.css';

/** The recorded runs that come with the page, and the way to one in a file. */
export function RecordingsDialog() {
  const { recordings, failure } = useRecordings();
  return (
    <Sheet heading={words.heading} close={words.close} onClose={closeRecordings}>
      <p>{words.intro}</p>
      {failure ? <FailureNotice failure={failure} /> : null}
      {recordings ? <Recordings recordings={recordings} /> : <p role="status">{failure ? '' : words.reading}</p>}
      <p className="recordings-file">
        <ActionButton action={openTrace} look="small" />
        <span>{words.open}</span>
      </p>
    </Sheet>
  );
}

function Recordings({ recordings }: { readonly recordings: readonly ListedRecording[] }) {
  return (
    <ul className="recordings">
      {recordings.map((entry) => (
        <li key={entry.name}>
          <button type="button" onClick={() => open(entry)}>
            <b>{entry.title}</b>
            <span>{entry.how}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function open({ name }: ListedRecording): void {
  closeRecordings();
  void openRecording(name);
}

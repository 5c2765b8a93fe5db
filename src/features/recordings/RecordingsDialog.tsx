import { openTrace } from '../../actions/share';
import { closeLibrary, type LibraryEntry, useLibrary } from '../../store/recordings/list';
import { openLibraryTrace } from '../../store/recordings/recording';
import { ActionButton } from '../../ui/ActionButton';
import { FailureNotice } from '../../ui/FailureNotice';
import { Sheet } from '../../ui/Sheet';
import { library as words } from '../../ui/texts/recording';
import './recordings.css';

/** The recorded runs that come with the page, and the way to one in a file. */
export function LibraryDialog() {
  const { recordings, failure } = useLibrary();
  return (
    <Sheet heading={words.heading} close={words.close} onClose={closeLibrary}>
      <p>{words.intro}</p>
      {failure ? <FailureNotice failure={failure} /> : null}
      {recordings ? <Recordings recordings={recordings} /> : <p role="status">{failure ? '' : words.reading}</p>}
      <p className="library-file">
        <ActionButton action={openTrace} look="small" />
        <span>{words.open}</span>
      </p>
    </Sheet>
  );
}

function Recordings({ recordings }: { readonly recordings: readonly LibraryEntry[] }) {
  return (
    <ul className="library">
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

function open({ name }: LibraryEntry): void {
  closeLibrary();
  void openLibraryTrace(name);
}

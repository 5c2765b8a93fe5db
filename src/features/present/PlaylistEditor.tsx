import { useEffect, useState } from 'react';
import {
  addCurrentRun,
  addCurrentTrace,
  defaultPlaylist,
  notesWindow,
  openPlaylist,
  present,
  STAGE_ACTIONS,
  savePlaylist,
} from '../../actions/present';
import { spellKeys } from '../../actions/registry';
import { addLesson, addRecording, addView, dismissPlaylistFailure, renamePlaylist, usePlaylist } from '../../store/present/playlist';
import { readRecordings, useRecordings } from '../../store/recordings/list';
import { ActionButton } from '../../ui/ActionButton';
import { Button } from '../../ui/Button';
import { FailureNotice } from '../../ui/FailureNotice';
import { present as words } from '../../ui/texts/present';
import { PlaylistRow } from './PlaylistRow';
import './editor.css';

interface PlaylistEditorProps {
  /** The lessons that there are. */
  readonly lessons: readonly { readonly id: string; readonly title: string }[];
  /** The views that show something by themselves. */
  readonly views: readonly { readonly id: string; readonly label: string }[];
}

/** What is to be presented, in its order. */
export function PlaylistEditor({ lessons, views }: PlaylistEditorProps) {
  const { title, items, failure, kept } = usePlaylist();
  const recordings = useRecordings((state) => state.recordings) ?? [];
  useEffect(() => void readRecordings(), []);
  return (
    <div className="playlist">
      <p className="playlist-intro">{words.intro}</p>
      <div className="playlist-head">
        <label>
          <span className="field-label">{words.title}</span>
          <input value={title} maxLength={200} onChange={(event) => renamePlaylist(event.target.value)} />
        </label>
        <ActionButton action={present} look="primary" />
        <ActionButton action={notesWindow} />
      </div>
      {failure ? (
        <FailureNotice failure={failure}>
          <Button look="quiet" onPress={dismissPlaylistFailure}>
            {words.dismiss}
          </Button>
        </FailureNotice>
      ) : null}
      {kept ? null : <p role="alert">{words.unkept}</p>}
      {items.length === 0 ? <p>{words.empty}</p> : null}
      <ol className="playlist-items" aria-label={words.list}>
        {items.map((item, at) => (
          <PlaylistRow
            key={item.id}
            item={item}
            at={at}
            last={at === items.length - 1}
            detail={item.kind === 'recording' ? recordings.find(({ name }) => name === item.recording)?.how : undefined}
          />
        ))}
      </ol>
      <div className="playlist-add">
        <ActionButton action={addCurrentRun} look="small" />
        <ActionButton action={addCurrentTrace} look="small" />
        <Adder
          label={words.addRecording}
          options={recordings.map(({ name, title: text }) => ({ id: name, title: text }))}
          add={addRecording}
        />
        <Adder label={words.addLesson} options={lessons} add={addLesson} />
        <Adder label={words.addView} options={views.map(({ id, label }) => ({ id, title: label }))} add={addView} />
      </div>
      <div className="playlist-files">
        {[openPlaylist, savePlaylist, defaultPlaylist].map((action) => (
          <ActionButton key={action.id} action={action} look="quiet" />
        ))}
      </div>
      <h2>{words.keysHeading}</h2>
      <dl className="playlist-keys">
        {STAGE_ACTIONS.map(({ id, label, keys }) => (
          <div key={id}>
            <dt>{label}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key}>{spellKeys(key)}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface AdderProps {
  readonly label: string;
  readonly options: readonly { readonly id: string; readonly title: string }[];
  readonly add: (id: string, title: string) => void;
}

/** One of many to be added. Choosing alone adds nothing: at the keyboard every arrow and letter chooses. */
function Adder({ label, options, add }: AdderProps) {
  const [id, setId] = useState('');
  const chosen = options.find((option) => option.id === id);
  const addChosen = () => {
    if (chosen) add(chosen.id, chosen.title);
    setId('');
  };
  return (
    <div className="playlist-adder">
      <label>
        <span>{label}</span>
        <select value={id} onChange={(event) => setId(event.target.value)}>
          <option value="">{words.choose}</option>
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.title}
            </option>
          ))}
        </select>
      </label>
      <Button look="small" disabled={!chosen} onPress={addChosen}>
        {words.add}
        {chosen ? <span className="visually-hidden">{words.addChosen(chosen.title)}</span> : null}
      </Button>
    </div>
  );
}

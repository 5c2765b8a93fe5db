import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { ariaKeys, spellKeys } from '../../actions/registry';
import { closePalette } from '../../store/page/palette';
import { readRecordings, useRecordings } from '../../store/recordings/list';
import { Modal } from '../../ui/Modal';
import { palette as words } from '../../ui/texts/palette';
import { type Entry, type EntryGroup, entryGroups, type Place } from './entries';
import './palette.css';

interface PaletteProps {
  readonly places: readonly Place[];
  readonly shown: Place;
}

/** Whatever can be done, and whatever the page holds, by name: a field whose list the arrow keys walk through (ARIA Authoring Practices, combobox with a listbox). */
export function Palette({ places, shown }: PaletteProps) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const recordings = useRecordings((state) => state.recordings);
  useEffect(() => void readRecordings(), []);
  const groups = entryGroups(places, shown, query, recordings ?? []);
  const entries = groups.flatMap((group) => group.entries);
  const active = entries[Math.min(at, entries.length - 1)];
  const optionId = (entry: Entry) => `${list}-${entry.id}`;
  const choose = (entry: Entry) => {
    if (!entry.can) return;
    // The dialog gives the focus back first, so that the entry can take it.
    flushSync(closePalette);
    entry.perform();
  };
  const move = (event: KeyboardEvent) => {
    const to = destination(event, at, entries.length);
    if (event.key === 'Enter' && active && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(active);
    }
    if (to === null) return;
    event.preventDefault();
    setAt(to);
  };
  return (
    <Modal label={words.search} onClose={closePalette} className="palette">
      <input
        className="palette-query"
        role="combobox"
        aria-label={words.search}
        aria-expanded={entries.length > 0}
        aria-controls={list}
        aria-activedescendant={active ? optionId(active) : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={words.placeholder}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={move}
      />
      <Results id={list} groups={groups} active={active} optionId={optionId} onChoose={choose} />
      <p className={entries.length > 0 ? 'visually-hidden' : 'palette-nothing'} role="status">
        {query === '' ? '' : entries.length > 0 ? words.found(entries.length) : words.nothing(query)}
      </p>
    </Modal>
  );
}

interface ResultsProps {
  readonly id: string;
  readonly groups: readonly EntryGroup[];
  readonly active: Entry | undefined;
  readonly optionId: (entry: Entry) => string;
  readonly onChoose: (entry: Entry) => void;
}

function Results({ id, groups, active, optionId, onChoose }: ResultsProps) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another active entry is what it waits for
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active?.id]);
  return (
    <div className="palette-results" role="listbox" id={id} aria-label={words.results} ref={list}>
      {groups.map(({ name, entries }) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox cannot contain a fieldset
        <div key={name} role="group" aria-label={name}>
          <p className="palette-group" aria-hidden="true">
            {name}
          </p>
          {entries.map((entry) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <div
              key={entry.id}
              className="palette-entry"
              role="option"
              id={optionId(entry)}
              aria-selected={entry.id === active?.id}
              aria-disabled={!entry.can}
              aria-keyshortcuts={ariaKeys(entry.keys)}
              onClick={() => onChoose(entry)}
            >
              <span>{entry.label}</span>
              {entry.note ? <em>{entry.note}</em> : null}
              {entry.can ? null : <small>{entry.why || words.notNow}</small>}
              {entry.keys[0] ? <kbd>{spellKeys(entry.keys[0])}</kbd> : null}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** Where `event` moves the active entry; null if it moves nothing. */
function destination({ key }: KeyboardEvent, at: number, length: number): number | null {
  if (length === 0) return null;
  const from = Math.min(at, length - 1);
  switch (key) {
    case 'ArrowDown':
      return (from + 1) % length;
    case 'ArrowUp':
      return (from - 1 + length) % length;
    case 'PageDown':
      return Math.min(from + 8, length - 1);
    case 'PageUp':
      return Math.max(from - 8, 0);
    default:
      return null;
  }
}

import { useState } from 'react';
import { clearHistory } from '../../actions/history';
import type { HistoryEntry } from '../../store/recordings/archive';
import { HISTORY_LIMITS, idOf, useHistory } from '../../store/recordings/history';
import { useRun } from '../../store/run/run';
import { ActionButton } from '../../ui/ActionButton';
import { historyWords as words } from '../../ui/texts/history';
import { HistoryRow } from './HistoryRow';
import './history.css';

/** When this page was opened, in milliseconds since 1970. */
const OPENED = performance.timeOrigin;

/** All runs that are kept, newest first. */
export function History() {
  const { entries, keeps } = useHistory();
  const visit = entries.filter(({ at }) => at >= OPENED);
  const before = entries.filter(({ at }) => at < OPENED);
  return (
    <section className="history" aria-label={words.heading} tabIndex={-1}>
      <div className="history-head">
        <HistoryState />
        <ActionButton action={clearHistory} look="small" />
      </div>
      {entries.length === 0 && keeps !== 'opening' ? <p className="history-empty">{words.empty}</p> : null}
      <Entries name={words.visit} entries={visit} />
      <Entries name={words.before} entries={before} />
    </section>
  );
}

/** Where the runs are, how many, and what could not be kept. */
function HistoryState() {
  const { entries, keeps, failure, unkept } = useHistory();
  const kept = entries.filter(({ id }) => !unkept.includes(id));
  const bytes = kept.reduce((sum, entry) => sum + entry.bytes, 0);
  return (
    <div className="history-state">
      <div role="status">
        {failure ? (
          <p data-code={failure.code}>
            <b>{failure.message}</b> {failure.hint}
          </p>
        ) : null}
      </div>
      {keeps === 'opening' ? <p>{words.opening}</p> : null}
      {keeps === 'browser' ? <p>{words.kept(kept.length, bytes, HISTORY_LIMITS.runs)}</p> : null}
    </div>
  );
}

const FIRST_SHOWN = 30;

function Entries({ name, entries }: { readonly name: string; readonly entries: readonly HistoryEntry[] }) {
  const unkept = useHistory((state) => state.unkept);
  const shown = idOf(useRun((state) => state.events));
  const [all, setAll] = useState(false);
  if (entries.length === 0) return null;
  const listed = all ? entries : entries.slice(0, FIRST_SHOWN);
  return (
    <>
      <h3>{name}</h3>
      <ol>
        {listed.map((entry) => (
          <HistoryRow key={entry.id} entry={entry} unkept={unkept.includes(entry.id)} shown={entry.id === shown} />
        ))}
      </ol>
      {listed.length < entries.length ? (
        <button type="button" className="button small" onClick={() => setAll(true)}>
          {words.all(entries.length)}
        </button>
      ) : null}
    </>
  );
}

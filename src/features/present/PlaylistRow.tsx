import { type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { PlaylistItem } from '../../formats/playlist';
import { editItem, moveItem, removeItem } from '../../store/present/playlist';
import { startPresenting } from '../../store/present/presenter';
import { Button } from '../../ui/Button';
import { formatCount } from '../../ui/format';
import { present as words } from '../../ui/texts/present';
import { useDecoded } from './useDecoded';

interface PlaylistRowProps {
  readonly item: PlaylistItem;
  readonly at: number;
  readonly last: boolean;
  /** What it is, where the item does not say so itself. */
  readonly detail?: string | undefined;
}

/** One item of the playlist: its title, what it is, its notes when they are asked for, and where it stands. */
export function PlaylistRow({ item, at, last, detail }: PlaylistRowProps) {
  const [open, setOpen] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const decoded = useDecoded();
  const position = formatCount(at + 1);
  /** The focus goes to a neighbour, before its place is gone. */
  const remove = () => {
    const neighbour = row.current?.nextElementSibling ?? row.current?.previousElementSibling;
    neighbour?.querySelector<HTMLElement>('.playlist-title')?.focus();
    removeItem(item.id);
  };
  return (
    <li className="playlist-item" ref={row}>
      <span className="playlist-kind">{words.kinds[item.kind]}</span>
      <input
        className="playlist-title"
        aria-label={words.itemTitle(position)}
        value={item.title}
        maxLength={200}
        onChange={(event) => editItem(item.id, { title: event.target.value })}
      />
      <p className="playlist-detail">{detail ?? about(item, decoded)}</p>
      <div className="playlist-buttons">
        {item.kind === 'lesson' || item.kind === 'view' ? null : (
          <label className="playlist-adder">
            <span>{words.look}</span>
            <select value={item.look} onChange={(event) => editItem(item.id, { look: event.target.value === 'step' ? 'step' : 'watch' })}>
              {(['watch', 'step'] as const).map((look) => (
                <option key={look} value={look}>
                  {words.looks[look]}
                </option>
              ))}
            </select>
          </label>
        )}
        <RowButton position={position} sign="↑" disabled={at === 0} onPress={() => move(item.id, -1)}>
          {words.up}
        </RowButton>
        <RowButton position={position} sign="↓" disabled={last} onPress={() => move(item.id, 1)}>
          {words.down}
        </RowButton>
        <RowButton position={position} onPress={() => void startPresenting(at)}>
          {words.from}
        </RowButton>
        <RowButton position={position} onPress={remove}>
          {words.remove}
        </RowButton>
      </div>
      <details className="playlist-notes" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {words.notes}
          <span className="visually-hidden">{words.ofItem(position)}</span>
        </summary>
        {open ? (
          <>
            <textarea
              aria-label={words.notesOf(position)}
              rows={3}
              value={item.notes}
              maxLength={20_000}
              onChange={(event) => editItem(item.id, { notes: event.target.value })}
            />
            <p>{words.notesHint}</p>
          </>
        ) : null}
      </details>
    </li>
  );
}

/** Moves the item and keeps the focus, which the browser takes from what is put elsewhere. */
function move(id: string, by: number): void {
  const { activeElement } = document;
  flushSync(() => moveItem(id, by));
  if (activeElement instanceof HTMLElement) activeElement.focus();
}

interface RowButtonProps {
  readonly position: string;
  /** What stands on it in place of its words. */
  readonly sign?: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function RowButton({ position, sign, disabled = false, onPress, children }: RowButtonProps) {
  return (
    <Button look="quiet" disabled={disabled} onPress={onPress}>
      {sign === undefined ? null : <span aria-hidden="true">{sign}</span>}
      {sign === undefined ? children : <span className="visually-hidden">{children}</span>}
      <span className="visually-hidden">{words.ofItem(position)}</span>
    </Button>
  );
}

function about(item: PlaylistItem, decoded: ReturnType<typeof useDecoded>): string {
  if (item.kind === 'run' || item.kind === 'view') return `${item.prompt.slice(0, 140)} · ${decoded(item.settings)}`;
  if (item.kind === 'trace') return item.trace.about.machine ?? '';
  return '';
}

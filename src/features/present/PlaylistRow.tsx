import { type ReactNode, useState } from 'react';
import type { PlaylistItem } from '../../model/playlist';
import { editItem, moveItem, removeItem } from '../../store/playlist';
import { startPresenting } from '../../store/presenter';
import { Button } from '../../ui/Button';
import { formatCount } from '../../ui/format';
import { present as words } from '../../ui/texts/present';

interface PlaylistRowProps {
  readonly item: PlaylistItem;
  readonly at: number;
  readonly last: boolean;
}

/** One item of the playlist: its title, what it is, its notes when they are asked for, and where it stands. */
export function PlaylistRow({ item, at, last }: PlaylistRowProps) {
  const [open, setOpen] = useState(false);
  const position = formatCount(at + 1);
  return (
    <li className="playlist-item">
      <span className="playlist-kind">{words.kinds[item.kind]}</span>
      <input
        className="playlist-title"
        aria-label={words.itemTitle(position)}
        value={item.title}
        maxLength={200}
        onChange={(event) => editItem(item.id, { title: event.target.value })}
      />
      <p className="playlist-detail">{detail(item)}</p>
      <div className="playlist-buttons">
        {item.kind === 'lesson' ? null : (
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
        <RowButton position={position} disabled={at === 0} onPress={() => moveItem(item.id, -1)}>
          {words.up}
        </RowButton>
        <RowButton position={position} disabled={last} onPress={() => moveItem(item.id, 1)}>
          {words.down}
        </RowButton>
        <RowButton position={position} onPress={() => void startPresenting(at)}>
          {words.from}
        </RowButton>
        <RowButton position={position} onPress={() => removeItem(item.id)}>
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

interface RowButtonProps {
  readonly position: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function RowButton({ position, disabled = false, onPress, children }: RowButtonProps) {
  return (
    <Button look="quiet" disabled={disabled} onPress={onPress}>
      {children}
      <span className="visually-hidden">{words.ofItem(position)}</span>
    </Button>
  );
}

function detail(item: PlaylistItem): string {
  if (item.kind === 'run') return `${item.prompt.slice(0, 140)} · ${words.decoded(item.settings)}`;
  if (item.kind === 'lesson') return `#${item.path}`;
  if (item.kind === 'recording') return item.recording;
  const { title } = item.trace.about;
  return title ?? '';
}

import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { type Failure, FailureError, toFailure } from '../../core/failure';
import { startOf } from '../../core/run/tally';
import { checkPlaylist, encodePlaylist, type Playlist, type PlaylistItem, readPlaylist } from '../../formats/playlist';
import type { PreparedSettings } from '../../formats/settings';
import { NOTHING_KNOWN } from '../../formats/trace/trace';
import { tell } from '../page/notice';
import { quietStorage, SharedKey } from '../page/quietStorage';
import { rememberedStorage } from '../page/remembered';
import { shownRecording } from '../recordings/recording';
import { useRun } from '../run/run';
import { prepared, useSettings } from '../run/settings';
import { DEFAULT_PLAYLIST } from './defaultPlaylist';

export interface PlaylistState extends Playlist {
  /** Why the latest playlist or item could not be taken in. */
  readonly failure: Failure | null;
  /** Whether this browser keeps what is changed; false in a private window without storage, or where the storage is full. */
  readonly kept: boolean;
}

const KEY = 'foretoken.playlist';
/** Where a playlist that cannot be read is put aside before anything is written over it. */
const ASIDE_KEY = 'foretoken.playlist.aside';

/** What a lecturer has prepared; remembered in this browser. */
export const usePlaylist = create<PlaylistState>()(
  persist((): PlaylistState => ({ ...DEFAULT_PLAYLIST, failure: null, kept: true }), {
    name: KEY,
    version: 1,
    storage: rememberedStorage(1),
    partialize: ({ title, items }) => ({ title, items }),
    migrate: () => ({}),
    merge: (stored, current) => {
      if (stored === undefined) return current;
      try {
        return { ...current, ...checkPlaylist(stored) };
      } catch (thrown) {
        quietStorage.setItem(ASIDE_KEY, JSON.stringify(stored));
        const { code } = toFailure(thrown);
        const message = 'The playlist that this browser kept cannot be read. It was put aside, and the page shows the prepared lecture.';
        return { ...current, failure: { code, message, hint: `The browser’s storage keeps it under ${ASIDE_KEY}.` } };
      }
    },
  }),
);

/** Whether it stays as it is here whatever other tabs make of it. */
let held = false;

/** Takes in what other tabs have made of the playlist, so that a change here is a change of that. */
function catchUp(): void {
  if (held || !stored.isNew()) return;
  void usePlaylist.persist.rehydrate();
  stored.look();
}

const stored = new SharedKey(KEY);

if (typeof window !== 'undefined') {
  window.addEventListener('storage', ({ key }) => {
    if (key === KEY) catchUp();
  });
}

/** A playlist does not change while it is presented: changes of other tabs arrive afterwards. */
export function holdPlaylist(presenting: boolean): void {
  held = presenting;
  catchUp();
}

/** Adds the prompt and the settings as they are now, to be run live. Without a prompt nothing is added, and the state says so. */
export function addRun(): void {
  const { prompt, settings } = shownNow();
  if (prompt.trim() === '') {
    usePlaylist.setState({
      failure: { code: 'prompt-empty', message: 'There is no prompt to add.', hint: 'Type one on Watch, or choose an example there.' },
    });
    return;
  }
  add({ kind: 'run', id: newId(), title: shortened(prompt), notes: '', look: 'watch', prompt, settings });
}

/** Adds a view, with the prompt and the settings as they are now. */
export function addView(view: string, title: string): void {
  add({ kind: 'view', id: newId(), title, notes: '', view, ...shownNow() });
}

/** Adds the run on the page as it was recorded. */
export async function addTrace(): Promise<void> {
  const { events } = useRun.getState();
  const about = shownRecording()?.about ?? { ...NOTHING_KNOWN, recordedAt: new Date().toISOString() };
  try {
    const { packTrace } = await import('../../formats/trace/link');
    const title = shortened(about.title ?? startOf(events)?.prompt ?? '');
    add({ kind: 'trace', id: newId(), title, notes: '', look: 'watch', trace: packTrace(events, about) });
  } catch (thrown) {
    usePlaylist.setState({ failure: toFailure(thrown) });
  }
}

export function addLesson(id: string, title: string): void {
  add({ kind: 'lesson', id: newId(), title, notes: '', path: `learn/${id}` });
}

export function addRecording(name: string, title: string): void {
  add({ kind: 'recording', id: newId(), title, notes: '', look: 'watch', recording: name });
}

export function editItem(id: string, edit: { readonly title?: string; readonly notes?: string; readonly look?: 'watch' | 'step' }): void {
  change(({ items }) => ({ items: items.map((item) => (item.id === id ? ({ ...item, ...edit } as PlaylistItem) : item)) }));
}

/** Moves an item by `by` places, as far as there are any. */
export function moveItem(id: string, by: number): void {
  change(({ items }) => {
    const from = items.findIndex((item) => item.id === id);
    const moved = items[from];
    if (!moved) return {};
    const others = items.filter((item) => item !== moved);
    const to = Math.max(0, Math.min(from + by, others.length));
    return { items: [...others.slice(0, to), moved, ...others.slice(to)] };
  });
}

/** Takes an item out; the notice that says so brings it back. */
export function removeItem(id: string): void {
  catchUp();
  const { items } = usePlaylist.getState();
  const at = items.findIndex((item) => item.id === id);
  const removed = items[at];
  if (!removed) return;
  change(() => ({ items: items.filter((item) => item.id !== id) }));
  tell(`“${removed.title}” is off the playlist.`, () =>
    change(({ items: now }) => ({ items: [...now.slice(0, at), removed, ...now.slice(at)] })),
  );
}

/** Takes the playlist in `file` in place of the one here, which the notice brings back. Failures land in the state. */
export async function importPlaylist(file: Blob): Promise<void> {
  try {
    if (file.size > MOST_FILE_BYTES)
      throw new FailureError('playlist-invalid', 'This file is too large for a playlist.', 'Choose another file.');
    replacePlaylist(readPlaylist(await file.text()));
  } catch (thrown) {
    usePlaylist.setState({ failure: toFailure(thrown) });
  }
}

/** The lecture that comes with the page, in place of the playlist here, which the notice brings back. */
export function restoreDefault(): void {
  replacePlaylist(DEFAULT_PLAYLIST);
}

export function renamePlaylist(title: string): void {
  change(() => ({ title }));
}

/** The playlist as a file: a name and its text. */
export function playlistFile(): { readonly name: string; readonly text: string } {
  const { title, items } = usePlaylist.getState();
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return {
    name: `${words.slice(0, 6).join('-') || 'playlist'}.foretoken.json`,
    text: `${JSON.stringify(encodePlaylist({ title, items }), null, 1)}\n`,
  };
}

export function dismissPlaylistFailure(): void {
  usePlaylist.setState({ failure: null });
}

/** The prompt and the settings as they are now. */
function shownNow(): { readonly prompt: string; readonly settings: PreparedSettings } {
  const settings = useSettings.getState();
  return { prompt: settings.prompt, settings: prepared(settings) };
}

const MOST_FILE_BYTES = 64 << 20;

function replacePlaylist({ title, items }: Playlist): void {
  catchUp();
  const before = usePlaylist.getState();
  change(() => ({ title, items }));
  tell(`The playlist is “${title}” now.`, () => change(() => ({ title: before.title, items: before.items })));
}

function add(item: PlaylistItem): void {
  catchUp();
  try {
    const { title, items } = usePlaylist.getState();
    const next = checkPlaylist({ title, items: [...items, item] });
    change(() => next);
    tell(`“${item.title}” is on the playlist.`, () => change(({ items: now }) => ({ items: now.filter(({ id }) => id !== item.id) })));
  } catch (thrown) {
    usePlaylist.setState({ failure: toFailure(thrown) });
  }
}

/** Changes the playlist, and finds out whether the browser has kept the change. */
function change(changed: (now: PlaylistState) => Partial<Playlist>): void {
  catchUp();
  usePlaylist.setState((now) => ({ ...changed(now), failure: null }));
  stored.look();
  const { title, items } = usePlaylist.getState();
  usePlaylist.setState({ kept: quietStorage.getItem(KEY) === JSON.stringify({ state: { title, items }, version: 1 }) });
}

function newId(): string {
  return crypto.randomUUID();
}

function shortened(prompt: string): string {
  const line = prompt.trim().replace(/\s+/g, ' ');
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}

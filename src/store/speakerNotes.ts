import * as v from 'valibot';
import { usePlaylist } from './playlist';
import { nextItem, previousItem, usePresenter } from './presenter';

/** What the window with the notes shows. */
const shownSchema = v.object({
  type: v.literal('shown'),
  position: v.number(),
  count: v.number(),
  title: v.string(),
  notes: v.string(),
  /** Title of the item that comes next; empty at the end. */
  next: v.string(),
  startedAt: v.number(),
});
export type ShownNotes = v.InferOutput<typeof shownSchema>;

const askedSchema = v.object({ type: v.picklist(['hello', 'next', 'previous']) });
export type NotesRequest = v.InferOutput<typeof askedSchema>['type'];

const CHANNEL = 'foretoken.notes';

/** Opens the window with the notes; they are never on the page itself while it presents. */
export function openNotes(): void {
  open(new URL('notes.html', document.baseURI).href, 'foretoken-notes', 'popup,width=560,height=680');
}

/** Tells the window with the notes what is shown, whenever that changes or it asks; does what its buttons ask for. @returns a function that ends it */
export function serveNotes(): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const send = () => {
    const { at, startedAt } = usePresenter.getState();
    const { items } = usePlaylist.getState();
    const item = at === null ? null : items[at];
    if (at === null || !item) return;
    const next = items[at + 1]?.title ?? '';
    channel.postMessage({ type: 'shown', position: at + 1, count: items.length, title: item.title, notes: item.notes, next, startedAt });
  };
  channel.onmessage = ({ data }: MessageEvent) => {
    if (usePresenter.getState().at === null || !v.is(askedSchema, data)) return;
    if (data.type === 'next') void nextItem();
    else if (data.type === 'previous') void previousItem();
    else send();
  };
  const leave = [usePresenter.subscribe(send), usePlaylist.subscribe(send)];
  return () => {
    for (const end of leave) end();
    channel.close();
  };
}

/** The window's side. @returns `ask` to send a request, `end` to leave */
export function followNotes(changed: (shown: ShownNotes) => void): {
  readonly ask: (request: NotesRequest) => void;
  readonly end: () => void;
} {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent) => {
    if (v.is(shownSchema, data)) changed(data);
  };
  const ask = (type: NotesRequest) => channel.postMessage({ type });
  ask('hello');
  return { ask, end: () => channel.close() };
}

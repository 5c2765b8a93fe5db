import * as v from 'valibot';
import { tabIdentity } from '../page/tabIdentity';
import { usePlaylist } from './playlist';
import { usePresenter } from './presenter';

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

const askedSchema = v.variant('type', [
  v.object({ type: v.literal('hello') }),
  /** A key, as `KeyboardEvent.key` names it, that is to do what it does on the page. */
  v.object({ type: v.literal('press'), key: v.string() }),
]);
type Asked = v.InferOutput<typeof askedSchema>;

/** Each tab has a channel and a window of its own: what is pressed there moves no other tab. */
const channelOf = (tab: string) => new BroadcastChannel(`foretoken.notes.${tab}`);

/** Opens the window with the notes of this tab; they are never on the page itself while it presents. */
export async function openNotes(): Promise<void> {
  const tab = await tabIdentity();
  open(new URL(`notes.html#${tab}`, document.baseURI).href, `foretoken-notes-${tab}`, 'popup,width=560,height=680');
}

/**
 * Tells the window with the notes what is shown, whenever that changes or it asks.
 *
 * @param press does what a key that is pressed there does here
 * @returns a function that ends it
 */
export function serveNotes(press: (key: string) => void): () => void {
  let end = () => {};
  let ended = false;
  void tabIdentity().then((tab) => {
    if (!ended) end = serve(channelOf(tab), press);
  });
  return () => {
    ended = true;
    end();
  };
}

function serve(channel: BroadcastChannel, press: (key: string) => void): () => void {
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
    if (data.type === 'press') press(data.key);
    else send();
  };
  const leave = [usePresenter.subscribe(send), usePlaylist.subscribe(send)];
  // A page that was loaded into this tab again finds the window of before.
  send();
  return () => {
    for (const end of leave) end();
    channel.close();
  };
}

/** The window's side, for the notes of `tab`. @returns `press` to press a key on the page, `end` to leave */
export function followNotes(
  tab: string,
  changed: (shown: ShownNotes) => void,
): {
  readonly press: (key: string) => void;
  readonly end: () => void;
} {
  const channel = channelOf(tab);
  channel.onmessage = ({ data }: MessageEvent) => {
    if (v.is(shownSchema, data)) changed(data);
  };
  const ask = (asked: Asked) => channel.postMessage(asked);
  ask({ type: 'hello' });
  return { press: (key) => ask({ type: 'press', key }), end: () => channel.close() };
}

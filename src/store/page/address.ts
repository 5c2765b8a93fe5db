import { placeToday } from '../../formats/formerPlaces';

/**
 * What the page's address names after its "#": a view, and a recorded run to show in it. `#step` is a view, `#learn/rounds` a place in one,
 * `#trace=1…` a recording in the first view, `#step&trace=1…` one in another, `#step&recording=story` one of the page's own.
 *
 * Programs that pass links on change them: they escape them, once or twice, break their lines, add what followed them in a sentence or what
 * counts clicks. Whatever can still be read is read.
 */
export interface Address {
  /** null: the first view. */
  readonly view: string | null;
  /** The view and the place in it, as `learn/rounds`; empty for the first view. */
  readonly place: string;
  /** The payload of a link that holds a whole trace. */
  readonly trace: string | null;
  /** The name of one of the page's recordings. */
  readonly recording: string | null;
  /** What stands there and names nothing of these; null if all does. */
  readonly unread: string | null;
}

export function readAddress(hash: string): Address {
  // It is asked for much more often than it changes.
  if (hash !== latest?.hash) latest = { hash, address: read(hash) };
  return latest.address;
}

let latest: { readonly hash: string; readonly address: Address } | null = null;

/** Whether the address brings a recording along. */
export function namesRecording({ trace, recording }: Address): boolean {
  return trace !== null || recording !== null;
}

/** Calls `changed` whenever the address after "#" has changed. @returns a function that ends that */
export function onAddress(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

type Name = 'trace' | 'recording';

/** What stands between two "&". */
interface Part {
  readonly place: string;
  readonly name: Name | null;
  readonly value: string | null;
  readonly understood: boolean;
}

/** What is added to links to count who follows them, and says nothing to the page. */
const COUNTERS = /^(utm_\w+|[a-z]*clid|mc_[ce]id|mkt_tok|igsh\w*|_\w+|ref|source|si)=/i;

const VALUES: Readonly<Record<Name, RegExp>> = { trace: /^\W*([\w-]+)/, recording: /^\W*([a-z][a-z0-9-]*)/i };

function read(hash: string): Address {
  const text = plain(hash);
  const [first = '', ...others] = text.split(/[&?#]/);
  const parts = [readFirst(first), ...others.map(readOther)];
  const named = (name: Name) => parts.find((part) => part.name === name)?.value ?? null;
  const [trace, recording] = [named('trace'), named('recording')];
  const place = placeToday(parts[0]?.place ?? '');
  const unread = parts.every(({ understood }) => understood) || trace !== null || recording !== null ? null : text;
  return { view: place === '' ? null : (place.split('/')[0] ?? null), place, trace, recording, unread };
}

/** The first part is a place, or names a recording; a place and a name may have lost the "&" between them. */
function readFirst(text: string): Part {
  const part = readOther(text);
  if (part.name === null && text.includes('=')) return part;
  const place = trimmed(part.name === null ? text : text.slice(0, text.toLowerCase().lastIndexOf(`${part.name}=`))).toLowerCase();
  return { ...part, place, understood: part.name === null || part.understood };
}

function readOther(text: string): Part {
  const [, key = '', rest = ''] = /^(?:|.*\W)(trace|recording)=(.*)$/i.exec(text) ?? [];
  if (key === '') return { place: '', name: null, value: null, understood: text === '' || COUNTERS.test(text) };
  const name = key.toLowerCase() as Name;
  // A mail program ends a line within a word by "=".
  const value = VALUES[name].exec(rest.replaceAll('=', ''))?.[1] ?? null;
  return { place: '', name, value: name === 'recording' ? (value?.toLowerCase() ?? null) : value, understood: value !== null };
}

/** Without what surrounds a word in a sentence, and what stands before a path in other pages' addresses. */
function trimmed(text: string): string {
  return text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

/** As often as one program after another escapes a link. */
const MOST_ESCAPES = 4;

/** `hash` as it was before it was passed on: nothing escaped, and on one line. */
function plain(hash: string): string {
  let text = hash;
  for (let escapes = 0; escapes < MOST_ESCAPES; escapes++) {
    // The last is quoted-printable, as mail has it (RFC 2045).
    text = unescaped(text.replace(/&(amp|#38|#x26);/gi, '&')).replace(/(trace|recording)=3D/gi, '$1=');
  }
  return text.replace(/[\s<>\p{Cf}\p{Cc}]/gu, '').replace(/^#+/, '');
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[0-9a-f]{2}/gi, (byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16)));
  }
}

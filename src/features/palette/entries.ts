import type { Action } from '../../actions/action';
import { performAction } from '../../actions/performAction';
import { ACTIONS, isHere, reasonAgainst } from '../../actions/registry';
import type { ListedRecording } from '../../store/recordings/list';
import { palette as words } from '../../ui/texts/palette';
import { contentGroups } from './content';

/** A view, as far as the palette needs to know it. */
export interface Place {
  readonly id: string;
  readonly label: string;
}

/** One line of the palette: an action, or the way to something that the page has. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  /** What it is, beside its label. */
  readonly note?: string;
  /** Words that it is found by too, after those that its label has. */
  readonly also?: string;
  readonly keys: readonly string[];
  readonly can: boolean;
  /** Why it cannot be done now, where that can be said. */
  readonly why?: string;
  readonly perform: () => void;
}

export interface EntryGroup {
  readonly name: string;
  readonly entries: readonly Entry[];
}

/**
 * Everything that can be done, by where: in the view that is shown, the ways to the views, and what other views have; once something is typed also
 * what the page holds. An action of another view goes there first.
 */
export function entryGroups(
  places: readonly Place[],
  shown: Place,
  query: string,
  recordings: readonly ListedRecording[] = [],
): EntryGroup[] {
  const open = places.filter((place) => place !== shown).map(toView);
  const elsewhere = places
    .map((place) => ({
      name: words.elsewhere(place.label),
      entries: ACTIONS.filter((action) => action.view === place.id && !isHere(action)).map(toAction),
    }))
    .filter(({ entries }) => entries.length > 0);
  const here = ACTIONS.filter(isHere).map(toAction);
  return [
    { name: words.here, entries: here.filter(({ can }) => can) },
    { name: words.views, entries: open },
    ...(plainWords(query).length > 0 ? contentGroups(shown.id, recordings) : []),
    ...elsewhere,
    { name: words.notNowHeading, entries: here.filter(({ can }) => !can) },
  ]
    .map(({ name, entries }) => ({ name, entries: ranked(entries, query) }))
    .filter(({ entries }) => entries.length > 0);
}

function toView({ id, label }: Place): Entry {
  const go = () => {
    location.hash = id;
  };
  return { id: `view-${id}`, label, keys: [], can: true, perform: go };
}

function toAction(action: Action): Entry {
  const perform = () => {
    if (action.view !== undefined && !isHere(action)) location.hash = action.view;
    void performAction(action);
  };
  return { id: action.id, label: action.label, keys: action.keys, can: action.when(), why: reasonAgainst(action), perform };
}

/** The entries that hold every word of `query`, those first whose label has words that begin with them. */
export function ranked(entries: readonly Entry[], query: string): Entry[] {
  const wanted = plainWords(query);
  return entries
    .map((entry) => ({ entry, rank: rank(plainWords(entry.label), plainWords(entry.also ?? ''), wanted) }))
    .filter(({ rank: found }) => found !== null)
    .sort((a, b) => (b.rank ?? 0) - (a.rank ?? 0))
    .map(({ entry }) => entry);
}

/** null if a word of `wanted` is missing; higher the more of them begin a word of the label. */
function rank(label: readonly string[], also: readonly string[], wanted: readonly string[]): number | null {
  let sum = 0;
  for (const word of wanted) {
    if (label[0]?.startsWith(word)) sum += 3;
    else if (label.some((each) => each.startsWith(word))) sum += 2;
    else if (label.join(' ').includes(word)) sum += 1;
    else if (also.some((each) => each.startsWith(word))) sum += 0.5;
    else return null;
  }
  return sum;
}

/** Lower-case words without accents or punctuation. */
function plainWords(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

/** Places of the page under the names that earlier versions gave them, as links, playlists and bookmarks still do. */
const FORMER_PLACES: ReadonlyMap<string, string> = new Map([
  ['draft', 'be-the-draft'],
  ['prove', 'proof'],
  ['converse', 'conversation'],
  ['learn/words/lookup', 'learn/words/ngram'],
  ['learn/questions/lookup', 'learn/questions/ngram'],
]);

/** `place`, a view or a path in one, by the name that it has today. */
export function placeToday(place: string): string {
  return FORMER_PLACES.get(place) ?? place;
}

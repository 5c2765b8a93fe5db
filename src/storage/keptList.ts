/**
 * The list of models for a page without a network, and the files that it needs.
 *
 * Files of another version replace those before under the same addresses, so a list that was fetched last may name files that never came.
 * Kept is therefore the last list whose pair was whole; what a later download replaced of it stays aside until that one is whole too.
 */

/** Name of the cache of files that newer ones replaced. */
export const FORMER_FILES = 'foretoken/former files';

/** Name of the cache that holds one list for each folder of models. */
const LISTS = 'foretoken/lists';

/** The stored text of the list at `url`; null if there is no such text, or no storage. */
export async function keptList(url: string): Promise<string | null> {
  try {
    const kept = await (await caches.open(LISTS)).match(url);
    return (await kept?.text()) ?? null;
  } catch {
    return null;
  }
}

/** Keeps `text` as the list at `url`, whose pair is whole, and lets go of what it replaced. @throws DOMException where there is no room or no storage */
export async function keepList(url: string, text: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await (await caches.open(LISTS)).put(url, new Response(text, { headers }));
  const former = await caches.open(FORMER_FILES);
  const folder = new URL('.', url).href;
  for (const request of await former.keys()) if (request.url.startsWith(folder)) await former.delete(request);
}

/**
 * The list of models for a page without a network, and the files that it needs.
 *
 * Files of another version replace those before under the same addresses, so a list that was fetched last may name files that never came.
 * Kept is therefore the last list whose pair was whole; what a later download replaced of it stays aside until that one is whole too.
 */
import type { FileStorage } from './port';

/** The shelf of files that newer ones replaced. */
export const FORMER_FILES = 'foretoken/former files';

/** The shelf that holds one list for each folder of models. */
const LISTS = 'foretoken/lists';

/** The stored text of the list at `url`; null without one, or without storage. */
export async function keptList(storage: FileStorage, url: string): Promise<string | null> {
  try {
    return (await (await (await storage.open(LISTS)).get(url))?.text()) ?? null;
  } catch {
    return null;
  }
}

/** Keeps `text` as the list at `url`, whose pair is whole, and lets go of what it replaced. @throws where there is no room or no storage */
export async function keepList(storage: FileStorage, url: string, text: string): Promise<void> {
  const content = new Blob([text]);
  const about = { bytes: content.size, type: 'application/json', sha256: null };
  await (await storage.open(LISTS)).put(url, content.stream(), about);
  const former = await storage.open(FORMER_FILES);
  const folder = new URL('.', url).href;
  for (const place of await former.list()) if (place.startsWith(folder)) await former.delete(place);
}

/** The URLs of all lists kept in `folder`. @throws FailureError storage */
export async function keptUrls(storage: FileStorage, folder: string): Promise<string[]> {
  return (await (await storage.open(LISTS)).list()).filter((url) => url.startsWith(folder));
}

/** Forgets the list at `url`. @throws FailureError storage */
export async function dropList(storage: FileStorage, url: string): Promise<void> {
  await (await storage.open(LISTS)).delete(url);
}

/**
 * Models of a person's own: made here of their files, kept in the storage, and nowhere on the web. Each has a list of its own, which is kept when all
 * of its files are; what lies here and belongs to no list is left of an import that did not end.
 */
import { featuresHere } from '../gpu/adapter';
import { dropList, keepList, keptList, keptUrls } from '../storage/keptList';
import type { FileStorage } from '../storage/port';
import { type ModelList, parseList } from './list';
import { librariesOf, type ResolvedList, resolveList } from './resolve';
import { isOwn, OWN } from './spec';
import { SHELVES } from './storedModels';

/** The folder, beside the page at `base`, below which own models are kept. The network is never asked for anything in it. */
export function ownFolder(base: string): string {
  return new URL('models-own/', base).href;
}

/** The id for the model of a file. @param identity tells files apart, whatever they are called */
export function idOfFile(name: string, identity: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `${OWN}${slug || 'model'}${ending(identity)}`;
}

/** Whether the model `id` was made of the file `identity`. */
export function isOfFile(id: string, identity: string): boolean {
  return id.endsWith(ending(identity));
}

function ending(identity: string): string {
  return `-${identity.slice(0, 16)}`;
}

/** The name of the folder of the model `id`, in `ownFolder`; its list lies beside it. */
export function folderOf(id: string): string {
  return id.slice(OWN.length);
}

function listUrl(folder: string, id: string): string {
  return new URL(`${folderOf(id)}.json`, folder).href;
}

/** The lists of all own models in `folder`; those that another version of the page kept and this one cannot read are left out. @throws FailureError storage */
export async function readOwnLists(storage: FileStorage, folder: string): Promise<ResolvedList[]> {
  const [kept, features] = await Promise.all([readLists(storage, folder), featuresHere()]);
  return kept.flatMap(({ url, list }) => (list && Object.keys(list.models).every(isOwn) ? [resolveList(list, url, features)] : []));
}

/** From now on the model `id`, whose files are all stored, is offered. @throws where there is no room or no storage */
export function keepOwn(storage: FileStorage, folder: string, id: string, list: ModelList): Promise<void> {
  return keepList(storage, listUrl(folder, id), JSON.stringify(list));
}

/** Deletes the model `id`, and what no other own model has too. No import may be under way. @throws FailureError storage */
export async function deleteOwn(storage: FileStorage, folder: string, id: string): Promise<void> {
  // The list first: a model of which a part is gone is never offered.
  await dropList(storage, listUrl(folder, id));
  await deleteLeftovers(storage, folder);
}

/** Deletes all in `folder` that belongs to no list. No import may be under way. @throws FailureError storage */
export async function deleteLeftovers(storage: FileStorage, folder: string): Promise<void> {
  const lists = await readLists(storage, folder);
  const folders = lists.map(({ url }) => url.replace(/\.json$/, '/'));
  const libraries = new Set(lists.flatMap(({ list, url }) => (list ? librariesOf(list, url).map(({ place }) => place) : [])));
  const isUnread = lists.some(({ list }) => list === null);
  for (const name of Object.values(SHELVES)) {
    const shelf = await storage.open(name);
    for (const place of await shelf.list()) {
      if (!place.startsWith(folder)) continue;
      const isNeeded = name === SHELVES.library ? isUnread || libraries.has(place) : folders.some((each) => place.startsWith(each));
      if (!isNeeded) await shelf.delete(place);
    }
  }
}

/** Every list kept in `folder`; null in place of one that this version cannot read. */
async function readLists(storage: FileStorage, folder: string): Promise<{ readonly url: string; readonly list: ModelList | null }[]> {
  const urls = await keptUrls(storage, folder);
  return Promise.all(urls.map(async (url) => ({ url, list: parsed(await keptList(storage, url)) })));
}

function parsed(text: string | null): ModelList | null {
  try {
    return text === null ? null : parseList(JSON.parse(text));
  } catch {
    return null;
  }
}

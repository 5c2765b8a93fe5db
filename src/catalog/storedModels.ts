import { FailureError } from '../core/failure';
import { type DownloadProgress, download, isStored, type RemoteFile } from '../storage/download';
import { FORMER_FILES } from '../storage/keptList';
import type { FileStorage } from '../storage/port';
import type { ShelvedFile } from '../storage/transfer';
import { bytesOf, filesOf, type LibrarySpec, type ModelSpec } from './spec';

/** Where web-llm looks before it fetches. */
export const SHELVES = { config: 'webllm/config', library: 'webllm/wasm', weights: 'webllm/model' } as const;

/** How much of a model is stored. */
export interface StoredModel {
  /** Of the files that are there and right. */
  readonly bytes: number;
  /** Whether that is all of them. */
  readonly whole: boolean;
}

/**
 * Stores `files` of a model, whole and checked, where web-llm finds them; what is already right stays.
 *
 * @param files all that WebGPU needs by default
 * @throws FailureError of the download; or the signal's reason
 */
export async function storeModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: DownloadProgress) => void,
  signal: AbortSignal,
  files: readonly RemoteFile[] = filesOf(model),
): Promise<void> {
  let loaded = 0;
  for (const [shelf, some] of byShelf(model, files)) {
    const before = loaded;
    const onShelf = ({ phase, loadedBytes }: DownloadProgress) => {
      loaded = before + loadedBytes;
      report({ phase, loadedBytes: loaded });
    };
    await download(storage, shelf, some, onShelf, signal);
  }
}

/** What of `model` is stored. @throws FailureError storage where nothing can be kept */
export async function findStored(model: ModelSpec, storage: FileStorage): Promise<StoredModel> {
  const found = byShelf(model, filesOf(model)).map(async ([name, files]) => {
    const shelf = await storage.open(name);
    const stored = await Promise.all(files.map((file) => isStored(shelf, file)));
    return { whole: !stored.includes(false), bytes: bytesOf(files.filter((_, index) => stored[index])) };
  });
  const shelves = await Promise.all(found);
  return { bytes: shelves.reduce((sum, { bytes }) => sum + bytes, 0), whole: shelves.every(({ whole }) => whole) };
}

/** The file `file` of `model`, which was stored. @throws FailureError storage where it is there no more */
export async function openStored(model: ModelSpec, storage: FileStorage, file: RemoteFile): Promise<Blob> {
  const [[name] = []] = byShelf(model, [file]).filter(([, files]) => files.length > 0);
  const content = name ? await (await storage.open(name)).get(file.place) : null;
  if (content) return content;
  throw new FailureError('storage', 'The browser dropped a stored model file.', 'Free some space, then run again.');
}

/** Whether `library` is stored, if only aside. */
export async function isLibraryStored(library: LibrarySpec, storage: FileStorage): Promise<boolean> {
  const found = [SHELVES.library, FORMER_FILES].map(async (name) => isStored(await storage.open(name), library));
  return (await Promise.all(found)).includes(true);
}

/** Bytes that `deleteStored` frees of `model` where it is stored whole. */
export function ownBytes(model: ModelSpec, others: readonly ModelSpec[]): number {
  return bytesOf(filesOf(model).filter(isOnlyOf(others)));
}

/** Deletes the stored files of `model` but those that one of `others` has too; also a library that is not chosen any more. */
export async function deleteStored(model: ModelSpec, others: readonly ModelSpec[], storage: FileStorage): Promise<void> {
  for (const [name, files] of byShelf(model, [...model.files, ...model.libraries])) {
    const shelf = await storage.open(name);
    for (const { place } of files.filter(isOnlyOf(others))) await shelf.delete(place);
  }
}

function isOnlyOf(others: readonly ModelSpec[]): (file: RemoteFile) => boolean {
  const shared = new Set(others.flatMap(({ files, libraries }) => [...files, ...libraries]).map(({ place }) => place));
  return ({ place }) => !shared.has(place);
}

/** All that `models` need, each file once, with the shelf on which it is kept: what is small and checks the others comes first. */
export function shelvedFiles(models: readonly ModelSpec[]): ShelvedFile[] {
  const all = models.flatMap((model) => byShelf(model, filesOf(model)).flatMap(([shelf, files]) => files.map((file) => ({ shelf, file }))));
  return all.filter(({ file }, index) => all.findIndex((other) => other.file.place === file.place) === index);
}

/** `files` of `model` by the shelf on which web-llm looks for them. */
function byShelf({ libraries }: ModelSpec, files: readonly RemoteFile[]): [shelf: string, files: RemoteFile[]][] {
  const isLibrary = ({ place }: RemoteFile) => libraries.some((library) => library.place === place);
  const on = (shelf: string) => files.filter((file) => (isLibrary(file) ? SHELVES.library : shelfOf(file.place)) === shelf);
  return Object.values(SHELVES).map((shelf) => [shelf, on(shelf)]);
}

/** The shelf for the file of a model that is kept at `place`; libraries have one of their own. */
export function shelfOf(place: string): string {
  return place.endsWith('/mlc-chat-config.json') ? SHELVES.config : SHELVES.weights;
}

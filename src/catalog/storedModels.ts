import * as v from 'valibot';
import { FailureError } from '../core/failure';
import { type DownloadProgress, download, isStored, type RemoteFile } from '../storage/download';
import { FORMER_FILES } from '../storage/keptList';
import type { FileStorage } from '../storage/port';
import type { ShelvedFile } from '../storage/transfer';
import { json } from './json';
import { bytesOf, fileOf, filesOf, type LibrarySpec, type ModelSpec } from './spec';

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

/** What of `model` is stored, converted or not. @throws FailureError storage where nothing can be kept */
export async function findStored(fetched: ModelSpec, storage: FileStorage): Promise<StoredModel> {
  const model = (await convertedForm(fetched, storage)) ?? fetched;
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

/** Deletes the stored files of `model` but those that one of `others` has too; also a library that is not chosen any more, and what it was converted to. */
export async function deleteStored(model: ModelSpec, others: readonly ModelSpec[], storage: FileStorage): Promise<void> {
  await deleteConverted(model, storage);
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

const Document = v.object({
  format: v.literal(1),
  revision: v.string(),
  shape: v.string(),
  files: v.array(v.object({ name: v.string(), bytes: v.number(), sha256: v.string() })),
});

/** A file that a model was converted to; `name` as web-llm knows it. */
export interface ConvertedPart {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where web-llm looks for resolve/main/ of what `model` was converted to. */
function convertedFolder({ folder }: Pick<ModelSpec, 'folder'>): string {
  return `${folder}/grouped`;
}

/** Where `name` of what `model` is converted to is kept. */
export function placeOfConverted(model: Pick<ModelSpec, 'folder'>, name: string): string {
  return `${convertedFolder(model)}/resolve/main/${name}`;
}

function documentPlace(model: Pick<ModelSpec, 'folder'>): string {
  return `${convertedFolder(model)}/files.json`;
}

/** `model` as it was converted for its library; null where that is not all there, and where nothing of it is converted. */
export async function convertedForm(model: ModelSpec, storage: FileStorage): Promise<ModelSpec | null> {
  const { conversion, ...loaded } = model;
  if (!conversion) return null;
  const content = await (await storage.open(SHELVES.config)).get(documentPlace(model));
  const read = v.safeParse(Document, content && (await json(content)));
  if (!read.success || read.output.revision !== model.revision || read.output.shape !== conversion.shape) return null;
  const files = read.output.files.map(({ name, bytes, sha256 }) => ({
    url: null,
    place: placeOfConverted(model, name),
    name,
    bytes,
    sha256,
  }));
  const there = await Promise.all(files.map(async (file) => isStored(await storage.open(shelfOf(file.place)), file)));
  return there.includes(false) ? null : { ...loaded, folder: convertedFolder(model), files };
}

/** From now on `files`, which are all stored, stand for the weights of `model`, which are deleted. What tells about it stays. @throws where there is no room */
export async function keepConverted(model: ModelSpec, storage: FileStorage, files: readonly ConvertedPart[]): Promise<void> {
  const content = new Blob([JSON.stringify({ format: 1, revision: model.revision, shape: model.conversion?.shape, files })]);
  const about = { bytes: content.size, type: 'application/json', sha256: null };
  await (await storage.open(SHELVES.config)).put(documentPlace(model), content.stream(), about);
  const small = ['mlc-chat-config.json', 'tensor-cache.json', 'tokenizer.json'].map((name) => fileOf(model, name));
  const shelf = await storage.open(SHELVES.weights);
  // What cannot be deleted now goes with the model: it is converted all the same.
  for (const file of model.files) if (!small.includes(file)) await shelf.delete(file.place).catch(() => undefined);
}

/** Deletes what `model` was converted to, complete or not. @throws FailureError storage */
export async function deleteConverted(model: ModelSpec, storage: FileStorage): Promise<void> {
  if (!model.conversion) return;
  // The document first: a model of which a part is gone is never loaded.
  await (await storage.open(SHELVES.config)).delete(documentPlace(model));
  for (const name of [SHELVES.config, SHELVES.weights]) {
    const shelf = await storage.open(name);
    for (const place of await shelf.list()) if (place.startsWith(placeOfConverted(model, ''))) await shelf.delete(place);
  }
}

/** Bytes of `models` that would be downloaded. @param stored by model, what is there of it, where that is known */
export function missingBytes(models: readonly ModelSpec[], stored: Readonly<Record<string, Pick<StoredModel, 'whole' | 'bytes'>>>): number {
  const missingOf = (model: ModelSpec) => (stored[model.id]?.whole ? 0 : bytesOf(filesOf(model)) - (stored[model.id]?.bytes ?? 0));
  return models.reduce((sum, model) => sum + missingOf(model), 0);
}

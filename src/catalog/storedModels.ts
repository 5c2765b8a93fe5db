import { FailureError } from '../core/failure';
import { type DownloadProgress, downloadInto, isStored, type ModelFile } from '../storage/download';
import { FORMER_FILES } from '../storage/keptList';
import type { ModelEntry } from './manifest';

/** Where web-llm looks before it fetches. */
export const CACHES = { config: 'webllm/config', weights: 'webllm/model', library: 'webllm/wasm' } as const;

/** How much of a model lies in this browser's storage. */
export interface StoredModel {
  /** Of the files that are there and right. */
  readonly bytes: number;
  /** Whether that is all of them. */
  readonly whole: boolean;
}

/** Bytes of everything that loading `entry` may download. */
export function downloadBytes(entry: ModelEntry): number {
  return filesOf(entry).reduce((sum, file) => sum + file.bytes, 0);
}

/**
 * Stores the files of `entry`, whole and checked, where web-llm finds them; what is already right stays.
 *
 * @param modelsUrl folder of the manifest, absolute, with its final slash
 * @throws FailureError of the download; or the signal's reason
 */
export async function storeModel(
  entry: ModelEntry,
  modelsUrl: string,
  report: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  let before = 0;
  for (const [scope, files] of places(entry)) {
    const cache = await openCache(scope);
    await downloadInto(cache, modelsUrl, files, (progress) => report({ ...progress, loadedBytes: before + progress.loadedBytes }), signal);
    before += files.reduce((sum, file) => sum + file.bytes, 0);
  }
}

/** What of `entry` is stored. @throws FailureError storage where the browser keeps nothing for this page */
export async function findStored(entry: ModelEntry, modelsUrl: string): Promise<StoredModel> {
  let bytes = 0;
  for (const [scope, files] of places(entry)) {
    const cache = await openCache(scope);
    const stored = await Promise.all(files.map((file) => isStored(cache, new URL(file.path, modelsUrl).href, file)));
    for (const [index, file] of files.entries()) if (stored[index]) bytes += file.bytes;
  }
  return { bytes, whole: bytes === downloadBytes(entry) };
}

/** Whether `library` is stored, if only aside. */
export async function isLibraryStored(library: ModelFile, modelsUrl: string): Promise<boolean> {
  const url = new URL(library.path, modelsUrl).href;
  const found = [CACHES.library, FORMER_FILES].map(async (scope) => isStored(await openCache(scope), url, library));
  return (await Promise.all(found)).includes(true);
}

/** Bytes that `deleteStored` frees of `entry` where it is stored whole. */
export function ownBytes(entry: ModelEntry, others: readonly ModelEntry[]): number {
  return filesOf(entry)
    .filter(isOnlyOf(others))
    .reduce((sum, file) => sum + file.bytes, 0);
}

/** Deletes the stored files of `entry` but those that one of `others` has too; also a library that is not chosen any more. */
export async function deleteStored(entry: ModelEntry, others: readonly ModelEntry[], modelsUrl: string): Promise<void> {
  for (const [scope, files] of [...places(entry), [CACHES.library, entry.libraries]] as const) {
    const cache = await openCache(scope);
    for (const { path } of files.filter(isOnlyOf(others))) await cache.delete(new URL(path, modelsUrl).href);
  }
}

/** @throws FailureError storage */
export async function openCache(scope: string): Promise<Cache> {
  try {
    return await caches.open(scope);
  } catch (cause) {
    throw new FailureError(
      'storage',
      'This browser keeps no files for this page, so the models cannot be stored.',
      'Leave private browsing, or allow this site to store data, then run again.',
      cause,
    );
  }
}

export function isConfig({ path }: ModelFile): boolean {
  return path.endsWith('/mlc-chat-config.json');
}

function isOnlyOf(others: readonly ModelEntry[]): (file: ModelFile) => boolean {
  const shared = new Set(others.flatMap(({ files, libraries }) => [...files, ...libraries]).map(({ path }) => path));
  return ({ path }) => !shared.has(path);
}

function filesOf(entry: ModelEntry): ModelFile[] {
  return [...entry.files, entry.library];
}

/** The files of `entry` by the cache in which web-llm looks for them. */
function places(entry: ModelEntry): [scope: string, files: ModelFile[]][] {
  return [
    [CACHES.config, entry.files.filter(isConfig)],
    [CACHES.library, [entry.library]],
    [CACHES.weights, entry.files.filter((file) => !isConfig(file))],
  ];
}

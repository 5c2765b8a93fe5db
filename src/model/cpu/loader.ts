import type { ModelEntry } from '../../catalog/manifest';
import { CACHES, isConfig } from '../../catalog/storedModels';
import { FailureError } from '../../core/failure';
import { downloadInto, fetchWhole, type ModelFile } from '../../storage/download';
import type { LoaderProgress } from '../webllm/loader';
import { CpuForward } from './forward';
import { ChatText } from './text';
import { parseConfig, readWeights } from './weights';

export interface CpuModelFiles {
  readonly forward: CpuForward;
  readonly text: ChatText;
}

/** Bytes of everything that loading `entry` may download: without the library, which is WebGPU's. */
export function cpuDownloadBytes(entry: ModelEntry): number {
  return entry.files.reduce((sum, file) => sum + file.bytes, 0);
}

/**
 * Downloads and checks what `entry` lists, into the caches that the WebGPU side uses too where there are any, and unpacks it.
 *
 * @param modelsUrl folder of the manifest, absolute, with its final slash
 * @throws FailureError of the download, or library-incompatible; or the signal's reason
 */
export async function loadCpuModel(
  entry: ModelEntry,
  modelsUrl: string,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<CpuModelFiles> {
  const read = await fetchFiles(entry.files, modelsUrl, report, signal);
  report({ phase: 'preparing', loadedBytes: cpuDownloadBytes(entry) });
  const bytes = (name: string) => read(`${entry.path}/resolve/main/${name}`);
  const json = async (name: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await bytes(name)));
  const config = parseConfig(await json('mlc-chat-config.json'));
  const weights = await readWeights(await json('tensor-cache.json'), bytes);
  const text = new ChatText(config, (await json('tokenizer.json')) as object);
  const forward = new CpuForward(config, weights);
  report({ phase: 'ready', loadedBytes: cpuDownloadBytes(entry) });
  return { forward, text };
}

/** @returns what gives the bytes of each of `files`, by its path */
async function fetchFiles(
  files: readonly ModelFile[],
  modelsUrl: string,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<(path: string) => Promise<ArrayBuffer>> {
  const kept = new Map<string, ArrayBuffer>();
  let loadedBytes = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const before = loadedBytes;
    kept.set(
      file.path,
      await fetchFile(file, modelsUrl, (progress) => report({ ...progress, loadedBytes: before + progress.loadedBytes }), signal),
    );
    loadedBytes = before + file.bytes;
  }
  return async (path) => {
    const bytes = kept.get(path);
    if (bytes) return bytes;
    throw new FailureError(
      'manifest-invalid',
      `The list of models does not name ${path}.`,
      'Serve the manifest.json that belongs to this version of the page.',
    );
  };
}

/** From this browser's cache, where it keeps files for the page; over http from another machine, for one, it keeps none. */
async function fetchFile(
  file: ModelFile,
  modelsUrl: string,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const url = new URL(file.path, modelsUrl).href;
  const storage: CacheStorage | undefined = globalThis.caches;
  const cache = (await storage?.open(isConfig(file) ? CACHES.config : CACHES.weights).catch(() => null)) ?? null;
  if (cache) {
    await downloadInto(cache, modelsUrl, [file], report, signal);
    const cached = await cache.match(url);
    if (cached) return cached.arrayBuffer();
  }
  return (await fetchWhole(url, file, (loadedBytes) => report({ phase: 'downloading', loadedBytes }), signal)).bytes.buffer;
}

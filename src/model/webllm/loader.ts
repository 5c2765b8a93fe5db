import type { MLCEngine } from '@mlc-ai/web-llm';
import { FailureError } from '../../core/failure';
import { type DownloadProgress, downloadInto } from '../download';
import type { ModelEntry, ModelFile } from '../manifest';
import { ModelPipeline } from './pipeline';

export interface LoadedModel {
  readonly id: string;
  readonly name: string;
  readonly pipeline: ModelPipeline;
  unload(): Promise<void>;
}

export type LoaderProgress = DownloadProgress | { readonly phase: 'preparing' | 'ready'; readonly loadedBytes: number };

/** Where web-llm looks before it fetches. */
export const CACHES = { config: 'webllm/config', weights: 'webllm/model', library: 'webllm/wasm' } as const;

/** Bytes of everything that loading `entry` may download. */
export function downloadBytes(entry: ModelEntry): number {
  return [...entry.files, entry.library].reduce((sum, file) => sum + file.bytes, 0);
}

/**
 * Downloads and checks what `entry` lists, then has web-llm load it from its own cache.
 *
 * @param modelsUrl folder of the manifest, absolute, with its final slash
 * @throws FailureError of the download, or library-incompatible; or the signal's reason
 */
export async function loadModel(
  id: string,
  entry: ModelEntry,
  modelsUrl: string,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<LoadedModel> {
  let loadedBytes = 0;
  for (const [scope, files] of groups(entry)) {
    const cache = await openCache(scope);
    const before = loadedBytes;
    await downloadInto(
      cache,
      modelsUrl,
      files,
      (progress) => {
        loadedBytes = before + progress.loadedBytes;
        report({ ...progress, loadedBytes });
      },
      signal,
    );
  }
  loadedBytes = downloadBytes(entry);
  report({ phase: 'preparing', loadedBytes });
  const { MLCEngine } = await import('@mlc-ai/web-llm');
  signal.throwIfAborted();
  // As a blob: web-llm fetches some libraries (on localhost, or named by a relative URL) past its cache, and so past our check.
  const libraryUrl = URL.createObjectURL(await cachedLibrary(modelsUrl, entry.library));
  const engine: MLCEngine = new MLCEngine({
    appConfig: { model_list: [{ model_id: id, model: new URL(entry.path, modelsUrl).href, model_lib: libraryUrl }] },
  });
  try {
    await oneAfterTheOther(() => {
      signal.throwIfAborted();
      return engine.reload(id);
    });
    const pipeline = new ModelPipeline(engine, id);
    report({ phase: 'ready', loadedBytes });
    return {
      id,
      name: entry.name,
      pipeline,
      async unload() {
        pipeline.dispose();
        await engine.unload();
      },
    };
  } catch (error) {
    await engine.unload().catch(() => undefined);
    throw error;
  } finally {
    URL.revokeObjectURL(libraryUrl);
  }
}

/** `model` once more, which must be unloaded before it: the same weights, and a cache of its own. */
export function twinOf({ id, name, pipeline: source }: LoadedModel): LoadedModel {
  const pipeline = new ModelPipeline(source);
  return { id, name: `${name}, itself`, pipeline, unload: async () => pipeline.dispose() };
}

let lastReload: Promise<unknown> = Promise.resolve();

/** web-llm makes its tokenizer module on first use without guarding against a second caller meanwhile, whose objects the first then refuses. */
function oneAfterTheOther<T>(reload: () => Promise<T>): Promise<T> {
  const mine = lastReload.then(reload);
  lastReload = mine.catch(() => undefined);
  return mine;
}

export function isConfig({ path }: ModelFile): boolean {
  return path.endsWith('/mlc-chat-config.json');
}

/** The files of `entry` by the cache in which web-llm looks for them. */
function groups(entry: ModelEntry): [scope: string, files: ModelFile[]][] {
  return [
    [CACHES.config, entry.files.filter(isConfig)],
    [CACHES.library, [entry.library]],
    [CACHES.weights, entry.files.filter((file) => !isConfig(file))],
  ];
}

async function openCache(scope: string): Promise<Cache> {
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

async function cachedLibrary(modelsUrl: string, library: ModelFile): Promise<Blob> {
  const response = await (await openCache(CACHES.library)).match(new URL(library.path, modelsUrl).href);
  if (!response) throw new FailureError('storage', 'The browser dropped a stored model file.', 'Free some space, then run again.');
  return response.blob();
}

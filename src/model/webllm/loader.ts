import type { MLCEngine } from '@mlc-ai/web-llm';
import type { ModelEntry } from '../../catalog/manifest';
import { CACHES, downloadBytes, openCache, storeModel } from '../../catalog/storedModels';
import { FailureError } from '../../core/failure';
import type { DownloadProgress, ModelFile } from '../../storage/download';
import { ModelPipeline } from './pipeline';

export interface LoadedModel {
  readonly id: string;
  readonly name: string;
  readonly pipeline: ModelPipeline;
  unload(): Promise<void>;
}

export type LoaderProgress = DownloadProgress | { readonly phase: 'preparing' | 'ready'; readonly loadedBytes: number };

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
  await storeModel(entry, modelsUrl, report, signal);
  const loadedBytes = downloadBytes(entry);
  report({ phase: 'preparing', loadedBytes });
  const { MLCEngine } = await importEngine();
  signal.throwIfAborted();
  // As a blob: web-llm fetches some libraries (on localhost, or named by a relative URL) past its cache, and so past our check.
  const libraryUrl = URL.createObjectURL(await cachedLibrary(modelsUrl, entry.library));
  const turn = takeTurn();
  const engine: MLCEngine = new MLCEngine({
    initProgressCallback: turn.end,
    appConfig: { model_list: [{ model_id: id, model: new URL(entry.path, modelsUrl).href, model_lib: libraryUrl }] },
  });
  try {
    await turn.begin;
    signal.throwIfAborted();
    await engine.reload(id);
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
    turn.end();
    URL.revokeObjectURL(libraryUrl);
  }
}

/** `model` once more, which must be unloaded before it: the same weights, and a cache of its own. */
export function twinOf({ id, name, pipeline: source }: LoadedModel): LoadedModel {
  const pipeline = new ModelPipeline(source);
  return { id, name: `${name}, itself`, pipeline, unload: async () => pipeline.dispose() };
}

/** web-llm's module is large: callers that will load a model request it early, so that it is fetched and compiled at the same time as the model's files. */
export function importEngine(): Promise<typeof import('@mlc-ai/web-llm')> {
  return import('@mlc-ai/web-llm');
}

let lastTurn: Promise<void> = Promise.resolve();

/**
 * web-llm makes its tokenizer module on first use without guarding against a concurrent second caller, whose objects the first then refuses. A
 * reload therefore begins when the one before has its tokenizer, which its first word of progress tells, so that the rest of them overlap.
 */
function takeTurn(): { readonly begin: Promise<void>; readonly end: () => void } {
  const begin = lastTurn;
  let end = () => {};
  lastTurn = new Promise((resolve) => {
    end = resolve;
  });
  return { begin, end };
}

async function cachedLibrary(modelsUrl: string, library: ModelFile): Promise<Blob> {
  const response = await (await openCache(CACHES.library)).match(new URL(library.path, modelsUrl).href);
  if (!response) throw new FailureError('storage', 'The browser dropped a stored model file.', 'Free some space, then run again.');
  return response.blob();
}

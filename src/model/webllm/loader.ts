import type { ChatOptions, MLCEngine } from '@mlc-ai/web-llm';
import { bytesOf, filesOf, type ModelSpec } from '../../catalog/spec';
import { openStored, storeModel } from '../../catalog/storedModels';
import type { DownloadProgress } from '../../storage/download';
import type { FileStorage } from '../../storage/port';
import { ModelPipeline } from './pipeline';

export interface LoadedModel {
  readonly pipeline: ModelPipeline;
  unload(): Promise<void>;
}

export type LoaderProgress = DownloadProgress | { readonly phase: 'preparing' | 'ready'; readonly loadedBytes: number };

/** Stores the files of `model` and loads it. @throws FailureError of the download, or library-incompatible; or the signal's reason */
export async function loadModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<LoadedModel> {
  await storeModel(model, storage, report, signal);
  return prepareModel(model, storage, report, signal);
}

/** Has web-llm load `model`, whose files are stored, from its own cache. @throws FailureError storage, library-incompatible; or the signal's reason */
export async function prepareModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
): Promise<LoadedModel> {
  const { id, folder, context, template, library } = model;
  const loadedBytes = bytesOf(filesOf(model));
  report({ phase: 'preparing', loadedBytes });
  const { MLCEngine } = await importEngine();
  signal.throwIfAborted();
  // As a blob: web-llm fetches some libraries (on localhost, or named by a relative URL) past its cache, and so past our check.
  const libraryUrl = URL.createObjectURL(await openStored(model, storage, library));
  const overrides = {
    context_window_size: context,
    // Tokens are taken back from all of the context.
    sliding_window_size: -1,
    ...(template && { conv_template: template as unknown as NonNullable<ChatOptions['conv_template']> }),
  };
  const turn = takeTurn();
  const engine: MLCEngine = new MLCEngine({
    initProgressCallback: turn.end,
    appConfig: { model_list: [{ model_id: id, model: folder, model_lib: libraryUrl, overrides, required_features: [...library.needs] }] },
  });
  try {
    await turn.begin;
    signal.throwIfAborted();
    await engine.reload(id);
    const pipeline = new ModelPipeline(engine, model);
    report({ phase: 'ready', loadedBytes });
    return {
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
export function twinOf({ pipeline: source }: LoadedModel): LoadedModel {
  const pipeline = new ModelPipeline(source);
  return { pipeline, unload: async () => pipeline.dispose() };
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

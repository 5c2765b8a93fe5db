import type { ChatOptions, MLCEngine } from '@mlc-ai/web-llm';
import { bytesOf, filesOf, type LibrarySpec, type ModelSpec } from '../../catalog/spec';
import { openStored, storeModel } from '../../catalog/storedModels';
import type { DownloadProgress } from '../../storage/download';
import type { FileStorage } from '../../storage/port';
import { COMPARED_ROWS, checkRows } from './checkRows';
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

/**
 * Has web-llm load `model`, whose files are stored, from its own cache.
 *
 * @param lend lets web-llm have the device, until the function that it returns is called
 * @throws FailureError storage, library-incompatible; or the signal's reason
 */
export async function prepareModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
  lend: () => () => void = () => () => undefined,
): Promise<LoadedModel> {
  const { id, folder, context, template, library } = model;
  const loadedBytes = bytesOf(filesOf(model));
  report({ phase: 'preparing', loadedBytes });
  const { MLCEngine } = await importEngine();
  signal.throwIfAborted();
  const libraryUrl = await urlOf(library, await openStored(model, storage, library));
  const overrides = {
    context_window_size: context,
    // Tokens are taken back from all of the context.
    sliding_window_size: -1,
    ...(template && { conv_template: template as unknown as NonNullable<ChatOptions['conv_template']> }),
  };
  const turn = takeTurn();
  let giveBack = () => {};
  const hasDevice = () => {
    giveBack();
    turn.end();
  };
  const engine: MLCEngine = new MLCEngine({
    initProgressCallback: hasDevice,
    appConfig: { model_list: [{ model_id: id, model: folder, model_lib: libraryUrl, overrides, required_features: [...library.needs] }] },
  });
  try {
    await turn.begin;
    signal.throwIfAborted();
    giveBack = lend();
    await engine.reload(id);
    const pipeline = new ModelPipeline(engine, model);
    if (pipeline.rollsBack && !pipeline.exactRows && pipeline.rowsAtOnce >= COMPARED_ROWS) await checkRows(pipeline, model.name);
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
    hasDevice();
    URL.revokeObjectURL?.(libraryUrl);
  }
}

/**
 * A URL of a library's own `content`: web-llm fetches some (on localhost, or named by a relative URL) past its cache, and so past our check. A service
 * worker can make none for a blob, but web-llm finds in its cache there what is not on localhost.
 */
function urlOf({ place }: LibrarySpec, content: Blob): string | Promise<string> {
  if (URL.createObjectURL !== undefined) return URL.createObjectURL(content);
  if (!place.includes('localhost')) return place;
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(content);
  });
}

/** `model` once more, which must be unloaded before it: the same weights, and a cache of its own. */
export function twinOf({ pipeline: source }: LoadedModel): LoadedModel {
  const pipeline = new ModelPipeline(source);
  return { pipeline, unload: async () => pipeline.dispose() };
}

/** web-llm's module is large: callers that will load a model request it early, so that it is fetched and compiled at the same time as the model's files. */
export function importEngine(): Promise<typeof import('@mlc-ai/web-llm')> {
  return provided ?? import('@mlc-ai/web-llm');
}

let provided: ReturnType<typeof importEngine> | null = null;

/** From now on `module` is web-llm's; for where no module can be imported later. */
export function provideEngine(module: typeof import('@mlc-ai/web-llm')): void {
  provided = Promise.resolve(module);
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

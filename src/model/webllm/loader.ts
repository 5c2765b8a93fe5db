import type { ChatOptions, MLCEngine } from '@mlc-ai/web-llm';
import { bytesOf, filesOf, type LibrarySpec, type ModelSpec } from '../../catalog/spec';
import { openStored, storeModel } from '../../catalog/storedModels';
import { FailureError } from '../../core/failure';
import { type HalvedLibrary, halveCache } from '../../gpu/halfCache';
import { HalvingDevice } from '../../gpu/halvingDevice';
import type { DownloadProgress } from '../../storage/download';
import type { FileStorage } from '../../storage/port';
import { COMPARED_ROWS, checkRows } from './checkRows';
import { ModelPipeline } from './pipeline';

export interface LoadedModel {
  readonly pipeline: ModelPipeline;
  unload(): Promise<void>;
}

export type LoaderProgress = DownloadProgress | { readonly phase: 'preparing' | 'ready'; readonly loadedBytes: number };

/** The device that web-llm is to load on. */
export interface LentDevice {
  readonly device: GPUDevice;
  /** Lets web-llm have it, or what stands for it, until the function that it returns is called. */
  readonly lend: (instead?: GPUDevice) => () => void;
}

/** Stores the files of `model` and loads it. @throws FailureError of the download, or library-incompatible; or the signal's reason */
export async function loadModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
  on?: LentDevice,
): Promise<LoadedModel> {
  await storeModel(model, storage, report, signal);
  return prepareModel(model, storage, report, signal, on);
}

/**
 * Has web-llm load `model`, whose files are stored, from its own cache.
 *
 * @param on by default whatever device web-llm opens; a cache in half precision needs one that is given
 * @throws FailureError storage, library-incompatible, feature-missing; or the signal's reason
 */
export async function prepareModel(
  model: ModelSpec,
  storage: FileStorage,
  report: (progress: LoaderProgress) => void,
  signal: AbortSignal,
  on?: LentDevice,
): Promise<LoadedModel> {
  const { id, folder, context, template, library } = model;
  const loadedBytes = bytesOf(filesOf(model));
  report({ phase: 'preparing', loadedBytes });
  const stored = await openStored(model, storage, library);
  const halved = model.halfCache ? await halve(model, stored) : null;
  if (halved && !on) throw new RangeError('the device is not given');
  const halving = halved && on ? new HalvingDevice(on.device, halved.askedBytes) : null;
  const { MLCEngine } = await importEngine();
  signal.throwIfAborted();
  const libraryUrl = halved ? await ownUrl(new Blob([halved.content])) : await urlOf(library, stored);
  const overrides = {
    context_window_size: context,
    // Tokens are taken back from all of the context.
    sliding_window_size: -1,
    ...(template && { conv_template: template as unknown as NonNullable<ChatOptions['conv_template']> }),
  };
  const turn = takeTurn();
  let giveBack: () => void = () => undefined;
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
    if (on) giveBack = on.lend(halving?.device);
    if (halving) halving.isHalving = true;
    await engine.reload(id);
    if (halving) halving.isHalving = false;
    const pipeline = new ModelPipeline(engine, model, halving);
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
  return URL.createObjectURL === undefined && !place.includes('localhost') ? place : ownUrl(content);
}

function ownUrl(content: Blob): string | Promise<string> {
  if (URL.createObjectURL !== undefined) return URL.createObjectURL(content);
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(content);
  });
}

/** @throws FailureError feature-missing */
async function halve({ name }: ModelSpec, library: Blob): Promise<HalvedLibrary> {
  const halved = halveCache(new Uint8Array(await library.arrayBuffer()));
  if (halved) return halved;
  throw new FailureError(
    'feature-missing',
    `${name} cannot keep its cache in half precision: its library is not one of Foretoken’s that this version knows.`,
    'Keep its cache in full precision, or choose a model that runs on a library of this page.',
  );
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

import { bytesOf, filesOf, type ModelSpec, type PairSpec } from '../catalog/spec';
import { LIMITS } from '../core/types';
import { ModelDrafter } from '../model/webllm/drafter';
import { type LoadedModel, type LoaderProgress, prepareModel, twinOf } from '../model/webllm/loader';
import { ModelTarget } from '../model/webllm/target';
import type { FileStorage } from '../storage/port';
import { type ConvertProgress, storeLoadable } from './convert';
import { firstCause, type Stage } from './stage';
import type { LoadProgress } from './tasks';

/** What a load needs besides the models. */
interface LoadSetup {
  readonly storage: FileStorage;
  /** Lets web-llm have the device. */
  readonly lend: () => () => void;
  readonly report: (progress: LoadProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Loads onto `stage` what `spec` has and it has not. The draft is fetched first: it is small, and its pipelines are made while the target still
 * comes. Whichever fails first stops the other, so that nobody waits for a download that has become useless; what is loaded by then stays.
 *
 * @throws what failed first: a FailureError, that of the device where it failed, or the signal's reason
 */
export async function loadMissing(stage: Stage, spec: PairSpec, setup: LoadSetup): Promise<void> {
  const both = new Joint(setup.signal);
  const load = { ...setup, signal: both.signal };
  const draftModel = spec.draft === 'itself' || stage.draft ? null : spec.draft;
  const draftStored = draftModel ? both.attempt(() => store(draftModel, load)) : Promise.resolve(null);
  const target = stage.target ? Promise.resolve() : both.attempt(() => draftStored.then(() => loadTarget(stage, spec.target, load)));
  const draft = draftModel
    ? both.attempt(() => draftStored.then((stored) => loadDraft(stage, draftModel, stored ?? draftModel, load)))
    : both.attempt(() => target.then(() => (spec.draft === 'itself' && !stage.draft ? twinTarget(stage) : undefined)));
  await Promise.allSettled([draftStored, target, draft]);
  if (stage.shared.hasFailed) throw await stage.shared.failure;
  if (both.failed) throw await firstCause(stage.shared, both.failed.cause);
}

/** Work of several parts, of which the first that fails stops the others. */
class Joint {
  /** Why the first part failed; null while none has. */
  failed: { readonly cause: unknown } | null = null;
  /** Aborts with the whole, and when a part has failed. */
  readonly signal: AbortSignal;
  readonly #stop = new AbortController();

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  async attempt<T>(part: () => Promise<T>): Promise<T> {
    try {
      return await part();
    } catch (cause) {
      this.failed ??= { cause };
      this.#stop.abort(cause);
      throw cause;
    }
  }
}

async function loadTarget(stage: Stage, spec: ModelSpec, load: LoadSetup): Promise<void> {
  const model = await prepare(await store(spec, load), load);
  const side = new ModelTarget(model.pipeline, await stage.sampler, stage.stopwatch, LIMITS.gamma.max);
  stage.target = { spec, model, side };
}

/** Of a draft whose files are stored, as `stored`. */
async function loadDraft(stage: Stage, spec: ModelSpec, stored: ModelSpec, load: LoadSetup): Promise<void> {
  stage.draft = { spec, ...(await drafting(stage, await prepare(stored, load))) };
}

/** The target as its own draft: its weights, with a cache of its own. */
async function twinTarget(stage: Stage): Promise<void> {
  if (!stage.target) throw new RangeError('the target is not loaded');
  stage.draft = { spec: 'itself', ...(await drafting(stage, twinOf(stage.target.model))) };
}

async function drafting(stage: Stage, model: LoadedModel): Promise<{ readonly model: LoadedModel; readonly side: ModelDrafter }> {
  return { model, side: new ModelDrafter(model.pipeline, await stage.sampler, stage.stopwatch, LIMITS.gamma.max) };
}

/** @returns the model as it is loaded */
function store(model: ModelSpec, { storage, report, signal }: LoadSetup): Promise<ModelSpec> {
  return storeLoadable(model, { storage, report: told(model, report), signal });
}

function prepare(model: ModelSpec, { storage, lend, report, signal }: LoadSetup): Promise<LoadedModel> {
  return prepareModel(model, storage, told(model, report), signal, lend);
}

function told(model: ModelSpec, report: (progress: LoadProgress) => void): (progress: LoaderProgress | ConvertProgress) => void {
  const about = { type: 'progress', model: model.id, name: model.name, totalBytes: bytesOf(filesOf(model)), backend: 'webgpu' } as const;
  return (progress) => report({ ...about, ...progress });
}

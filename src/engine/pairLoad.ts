import { bytesOf, filesOf, type ModelSpec, type PairSpec } from '../catalog/spec';
import { LIMITS } from '../core/types';
import { ModelDrafter } from '../model/webllm/drafter';
import { HeadDrafter, joinHead } from '../model/webllm/head';
import { type LentDevice, type LoadedModel, type LoaderProgress, prepareModel, twinOf } from '../model/webllm/loader';
import { ModelTarget } from '../model/webllm/target';
import type { FileStorage } from '../storage/port';
import { type ConvertProgress, storeLoadable } from './convert';
import { Joint } from './joint';
import { firstCause, type Stage } from './stage';
import type { LoadProgress } from './tasks';

/** What a load needs besides the models. */
interface LoadSetup {
  readonly storage: FileStorage;
  readonly on: LentDevice;
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
    ? both.attempt(() => draftStored.then((stored) => loadDraft(stage, { spec: draftModel, stored: stored ?? draftModel, target }, load)))
    : both.attempt(() => target.then(() => (spec.draft === 'itself' && !stage.draft ? twinTarget(stage) : undefined)));
  await Promise.allSettled([draftStored, target, draft]);
  if (stage.shared.hasFailed) throw await stage.shared.failure;
  if (both.failed) throw await firstCause(stage.shared, both.failed.cause);
}

async function loadTarget(stage: Stage, spec: ModelSpec, load: LoadSetup): Promise<void> {
  const model = await prepare(await store(spec, load), load);
  const side = new ModelTarget(model.pipeline, await stage.sampler, stage.stopwatch, LIMITS.gamma.max);
  stage.target = { spec, model, side };
}

/** A draft whose files are stored, as `stored`. */
interface StoredDraft {
  readonly spec: ModelSpec;
  readonly stored: ModelSpec;
  /** Settled when the target is on the stage. */
  readonly target: Promise<void>;
}

async function loadDraft(stage: Stage, { spec, stored, target }: StoredDraft, load: LoadSetup): Promise<void> {
  const model = await prepare(stored, load);
  try {
    if (spec.statesOf !== undefined) await target.then(() => joinTarget(stage, spec, model));
    stage.draft = { spec, ...(await drafting(stage, model, spec.statesOf === undefined ? ModelDrafter : HeadDrafter)) };
  } catch (error) {
    await model.unload().catch(() => undefined);
    throw error;
  }
}

/** Has a head read the states of the target, which is loaded. */
async function joinTarget({ target }: Stage, { name }: ModelSpec, { pipeline }: LoadedModel): Promise<void> {
  if (!target) throw new RangeError('the target is not loaded');
  await joinHead({ name, pipeline }, { name: target.spec.name, pipeline: target.model.pipeline });
}

/** The target as its own draft: its weights, with a cache of its own. */
async function twinTarget(stage: Stage): Promise<void> {
  if (!stage.target) throw new RangeError('the target is not loaded');
  stage.draft = { spec: 'itself', ...(await drafting(stage, twinOf(stage.target.model), ModelDrafter)) };
}

/** @param Side what drafts with it */
async function drafting(stage: Stage, model: LoadedModel, Side: typeof ModelDrafter) {
  return { model, side: new Side(model.pipeline, await stage.sampler, stage.stopwatch, LIMITS.gamma.max) };
}

/** @returns the model as it is loaded */
function store(model: ModelSpec, { storage, report, signal }: LoadSetup): Promise<ModelSpec> {
  return storeLoadable(model, { storage, report: told(model, report), signal });
}

function prepare(model: ModelSpec, { storage, on, report, signal }: LoadSetup): Promise<LoadedModel> {
  return prepareModel(model, storage, told(model, report), signal, on);
}

function told(model: ModelSpec, report: (progress: LoadProgress) => void): (progress: LoaderProgress | ConvertProgress) => void {
  const about = { type: 'progress', model: model.id, name: model.name, totalBytes: bytesOf(filesOf(model)), backend: 'webgpu' } as const;
  return (progress) => report({ ...about, ...progress });
}

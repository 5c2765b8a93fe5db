/** What lies on one WebGPU device: models with their sides of the loop, and what both sides share. */
import type { ModelSpec, PairSpec } from '../catalog/spec';
import { FailureError } from '../core/failure';
import type { SharedDevice } from '../gpu/device';
import { Stopwatch } from '../gpu/stopwatch';
import { MOMENTS, type ModelDrafter } from '../model/webllm/drafter';
import type { LoadedModel } from '../model/webllm/loader';
import { Sampler } from '../model/webllm/sampler';
import type { ModelTarget } from '../model/webllm/target';

/** A model on the device with its side of the loop. */
interface Loaded<Spec, Side> {
  readonly spec: Spec;
  readonly model: LoadedModel;
  readonly side: Side;
}

export interface Stage {
  readonly shared: SharedDevice;
  /** Made while models are fetched; made again for the next load where that failed. */
  sampler: Promise<Sampler>;
  readonly stopwatch: Stopwatch | null;
  target: Loaded<ModelSpec, ModelTarget> | null;
  draft: Loaded<PairSpec['draft'], ModelDrafter> | null;
}

/** An empty one, whose sampler is on its way. */
export function makeStage(shared: SharedDevice): Stage {
  const { device } = shared;
  return { shared, sampler: samplerOf(shared), stopwatch: Stopwatch.create(device, MOMENTS.count), target: null, draft: null };
}

/** Begins another sampler where the one before could not be made. */
export function refreshSampler(stage: Stage): void {
  stage.sampler = heardLater(stage.sampler.catch(() => samplerOf(stage.shared)));
}

/** Frees all that is on it; nothing of it can be used afterwards. */
export async function clearStage({ draft, target, sampler, stopwatch }: Stage): Promise<void> {
  // The draft may be the target once more, on its weights.
  for (const loaded of [draft, target]) if (loaded) await unload(loaded);
  sampler.then(
    (made) => made.dispose(),
    () => undefined,
  );
  stopwatch?.dispose();
}

export async function unload({ model, side }: NonNullable<Stage['target'] | Stage['draft']>): Promise<void> {
  side.dispose();
  // A device that failed makes unloading fail too; then there is nothing left to free.
  await model.unload().catch(() => undefined);
}

function samplerOf({ device }: SharedDevice): Promise<Sampler> {
  return heardLater(Sampler.create(device));
}

/** Starts early: a rejection surfaces only where the promise is awaited. */
function heardLater<T>(early: Promise<T>): Promise<T> {
  early.catch(() => undefined);
  return early;
}

/** How long a device may take to say that it is lost after the first command failed for it. */
const LOSS_IS_TOLD_WITHIN_MS = 250;

/** Whatever a failed device broke, the device's own failure says more; it may come a moment later. A failure with a code of its own stands. */
export async function firstCause(shared: SharedDevice, error: unknown): Promise<unknown> {
  if (!shared.hasFailed && error instanceof FailureError) return error;
  const late = new Promise((resolve) => setTimeout(() => resolve(error), LOSS_IS_TOLD_WITHIN_MS));
  return Promise.race([shared.failure, late]);
}

import { fetchManifest, type ModelEntry, selectEntries } from '../catalog/manifest';
import { downloadBytes } from '../catalog/storedModels';
import { FailureError } from '../core/failure';
import { LIMITS } from '../core/types';
import { type SharedDevice, shareDevice } from '../gpu/device';
import { measureReadback } from '../gpu/readback';
import { Stopwatch } from '../gpu/stopwatch';
import { MOMENTS, ModelDrafter } from '../model/webllm/drafter';
import { importEngine, type LoadedModel, loadModel, twinOf } from '../model/webllm/loader';
import { Sampler } from '../model/webllm/sampler';
import { ModelTarget } from '../model/webllm/target';
import type { PairLoader, ReadyPair } from './pair';
import type { LoadProgress, PairSelection } from './tasks';

/** A model on the device with its side of the loop. */
interface Loaded<Side> {
  readonly model: LoadedModel;
  readonly side: Side;
}

/** What is on the device. Every field is of the same device and the same models folder. */
interface Stage {
  readonly modelsUrl: string;
  readonly shared: SharedDevice;
  /** Made while the models are fetched; made again for the next load if that failed. */
  sampler: Promise<Sampler>;
  readonly stopwatch: Stopwatch | null;
  target: Loaded<ModelTarget> | null;
  draft: Loaded<ModelDrafter> | null;
}

/** Loads pairs through web-llm onto one shared WebGPU device. */
export class WebGpuPairs implements PairLoader {
  readonly #gpu: GPU | undefined;
  #currentDevice: (() => Promise<SharedDevice>) | null = null;
  #stage: Stage | null = null;

  constructor(gpu: GPU | undefined) {
    this.#gpu = gpu;
  }

  /** Keeps what is loaded also when a part fails to load. @throws no-webgpu and no-adapter before any download */
  async ready({ modelsUrl, draft }: PairSelection, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ReadyPair> {
    const old = this.#stage;
    if (old && !old.shared.hasFailed && old.modelsUrl === modelsUrl && old.target && old.draft?.model.id === draft) {
      return readyPair(old.shared, old.target, old.draft);
    }
    const manifest = await fetchManifest(modelsUrl, signal);
    const entries = selectEntries(manifest, draft);
    const stage = await this.#prepareStage(modelsUrl);
    if (stage.draft && stage.draft.model.id !== draft) {
      await unload(stage.draft);
      stage.draft = null;
    }

    const itself = draft === manifest.pair.target;
    // What fails first stops the other, so that its message does not wait for a download that has become useless.
    const joint = new AbortController();
    let cause: unknown = null;
    const load = (id: string, entry: ModelEntry, downloaded = () => {}) => {
      const totalBytes = downloadBytes(entry);
      return loadModel(
        id,
        entry,
        modelsUrl,
        (progress) => {
          if (progress.phase === 'preparing') downloaded();
          report({ type: 'progress', model: id, name: entry.name, totalBytes, backend: 'webgpu', ...progress });
        },
        AbortSignal.any([signal, joint.signal]),
      )
        .catch((error) => {
          cause ??= error;
          joint.abort(error);
          throw error;
        })
        .finally(downloaded);
    };
    let draftIsHere = () => {};
    const draftHere = new Promise<void>((resolve) => {
      draftIsHere = resolve;
    });
    if (stage.draft || itself) draftIsHere();
    const loadTarget = async () => {
      // The draft is small: its pipelines are made while the target still comes.
      await draftHere;
      const model = await load(manifest.pair.target, entries.target);
      return { model, side: new ModelTarget(model.pipeline, await stage.sampler, stage.stopwatch, LIMITS.gamma.max) };
    };
    const targetReady = stage.target ? Promise.resolve(stage.target) : loadTarget();
    const loadDraft = async () => {
      const model = itself ? twinOf((await targetReady).model) : await load(draft, entries.draft, draftIsHere);
      if (itself) report(readyAlready(draft, entries.draft));
      return { model, side: new ModelDrafter(model.pipeline, await stage.sampler, stage.stopwatch, LIMITS.gamma.max) };
    };
    const [target, drafter] = await Promise.allSettled([targetReady, stage.draft ?? loadDraft()]);
    if (target.status === 'fulfilled') stage.target = target.value;
    if (drafter.status === 'fulfilled') stage.draft = drafter.value;
    if (stage.shared.hasFailed) throw await stage.shared.failure;
    if (target.status === 'rejected') throw await firstCause(stage.shared, cause ?? target.reason);
    if (drafter.status === 'rejected') throw await firstCause(stage.shared, cause ?? drafter.reason);
    return readyPair(stage.shared, target.value, drafter.value);
  }

  /** A device that works, with what is already loaded on it for `modelsUrl`; fails before any download where no model could run. */
  async #prepareStage(modelsUrl: string): Promise<Stage> {
    const old = this.#stage;
    if (old && !old.shared.hasFailed && old.modelsUrl === modelsUrl) {
      old.sampler = heardLater(old.sampler.catch(() => Sampler.create(old.shared.device)));
      return old;
    }
    this.#stage = null;
    if (old) {
      // The draft may be the target once more, on its weights.
      for (const loaded of [old.draft, old.target]) if (loaded) await unload(loaded);
      old.sampler.then(
        (sampler) => sampler.dispose(),
        () => undefined,
      );
      old.stopwatch?.dispose();
    }
    this.#currentDevice ??= shareDevice(this.#gpu);
    const shared = await this.#currentDevice();
    const { device } = shared;
    heardLater(importEngine());
    const sampler = heardLater(Sampler.create(device));
    const stage: Stage = { modelsUrl, shared, sampler, stopwatch: Stopwatch.create(device, MOMENTS.count), target: null, draft: null };
    this.#stage = stage;
    return stage;
  }
}

/** What is asked for in good time: who needs it hears why it cannot be had. */
function heardLater<T>(early: Promise<T>): Promise<T> {
  early.catch(() => undefined);
  return early;
}

function readyPair(shared: SharedDevice, target: Loaded<ModelTarget>, draft: Loaded<ModelDrafter>): ReadyPair {
  return {
    adapter: shared.adapter,
    target: { name: target.model.name, side: target.side, text: target.model.pipeline },
    draft: { name: draft.model.name, side: draft.side },
    memory: () => {
      const [own, drafts] = [target.model.pipeline.memory, draft.model.pipeline.memory];
      const working = shared.allocatedBytes - own.weights - own.cache - drafts.weights - drafts.cache;
      return { target: own, draft: drafts, working };
    },
    measureReadback: (clock, stepMs) => measureReadback(shared.device, clock, stepMs),
    watch: (failed) => {
      shared.listeners.add(failed);
      return () => shared.listeners.delete(failed);
    },
    firstCause: (error) => firstCause(shared, error),
  };
}

function readyAlready(model: string, entry: ModelEntry): LoadProgress {
  const totalBytes = downloadBytes(entry);
  return { type: 'progress', model, name: entry.name, phase: 'ready', loadedBytes: totalBytes, totalBytes, backend: 'webgpu' };
}

/** How long a device may take to say that it is lost after the first command failed for it. */
const LOSS_IS_TOLD_WITHIN_MS = 250;

/** Whatever a failed device broke, the device's own failure says more; it may come a moment later. A failure with a code of its own stands. */
async function firstCause(shared: SharedDevice, error: unknown): Promise<unknown> {
  if (!shared.hasFailed && error instanceof FailureError) return error;
  const late = new Promise((resolve) => setTimeout(() => resolve(error), LOSS_IS_TOLD_WITHIN_MS));
  return Promise.race([shared.failure, late]);
}

async function unload({ model, side }: Loaded<ModelTarget | ModelDrafter>): Promise<void> {
  side.dispose();
  // A device that failed makes unloading fail too; then there is nothing left to free.
  await model.unload().catch(() => undefined);
}

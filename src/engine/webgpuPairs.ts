import { checkPair } from '../catalog/pairing';
import { hasSameFiles, isSameDraft, isSameModel, type ModelSpec, modelsOf, type PairSpec } from '../catalog/spec';
import { checkTokenizers } from '../catalog/tokenizer';
import { FailureError } from '../core/failure';
import { type DeviceSource, deviceSource } from '../gpu/device';
import { measureReadback } from '../gpu/readback';
import { importEngine } from '../model/webllm/loader';
import type { FileStorage } from '../storage/port';
import type { PairLoader, ReadyPair } from './pair';
import { loadMissing } from './pairLoad';
import type { PairPorts } from './pairs';
import { clearStage, firstCause, makeStage, refreshSampler, type Stage, unload } from './stage';
import type { LoadProgress } from './tasks';

/** Loads pairs through web-llm onto one shared WebGPU device. */
export class WebGpuPairs implements PairLoader {
  readonly #gpu: GPU | undefined;
  readonly #storage: FileStorage;
  #device: DeviceSource | null = null;
  #stage: Stage | null = null;

  constructor({ gpu, storage }: PairPorts) {
    this.#gpu = gpu;
    this.#storage = storage;
  }

  /** Keeps what is loaded also when a part fails to load. @throws no-webgpu and no-adapter before any download */
  async ready(spec: PairSpec, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ReadyPair> {
    this.#device ??= deviceSource(this.#gpu);
    const stage = await this.#workingStage(this.#device);
    checkPair(spec);
    for (const model of modelsOf(spec)) refuseUnlessRunnable(model);
    if (!isLoaded(stage, spec)) await checkTokenizers(spec, this.#storage, signal);
    await makeRoom(stage, spec);
    const on = { device: stage.shared.device, lend: this.#device.lend };
    await loadMissing(stage, spec, { storage: this.#storage, on, report, signal });
    return readyPair(stage, spec);
  }

  async release(model: ModelSpec): Promise<void> {
    const stage = this.#stage;
    if (!stage) return;
    // Whichever cache they keep: their files go.
    const isTarget = stage.target !== null && hasSameFiles(stage.target.spec, model);
    const draft = stage.draft?.spec;
    const isDraft = typeof draft === 'object' && draft !== null && hasSameFiles(draft, model);
    await unloadFrom(stage, { target: isTarget, draft: isTarget || isDraft });
  }

  async unload(): Promise<void> {
    const stage = this.#stage;
    this.#stage = null;
    if (!stage) return;
    await clearStage(stage);
    stage.shared.close();
  }

  /** A device that works, with what is already loaded on it; fails before any download where no model could run. */
  async #workingStage({ open }: DeviceSource): Promise<Stage> {
    if (this.#stage && !this.#stage.shared.hasFailed) {
      refreshSampler(this.#stage);
      return this.#stage;
    }
    const failed = this.#stage;
    this.#stage = null;
    if (failed) await clearStage(failed);
    const shared = await open();
    // web-llm's module comes while the models are fetched; who needs it hears why it cannot be had.
    importEngine().catch(() => undefined);
    this.#stage = makeStage(shared);
    return this.#stage;
  }
}

function isLoaded({ target, draft }: Stage, spec: PairSpec): boolean {
  return target !== null && isSameModel(target.spec, spec.target) && draft !== null && isSameDraft(draft.spec, spec.draft);
}

/** @throws FailureError feature-missing */
function refuseUnlessRunnable({ name, missing }: ModelSpec): void {
  if (missing.length === 0) return;
  throw new FailureError(
    'feature-missing',
    `${name} needs ${missing.join(' and ')}, which WebGPU does not have here.`,
    'Choose a model that needs less, or use another browser or device.',
  );
}

/** Unloads what `spec` has no place for. A draft stays where none is asked for: a later run may ask for it. */
async function makeRoom(stage: Stage, { target, draft }: PairSpec): Promise<void> {
  const otherTarget = stage.target !== null && !isSameModel(stage.target.spec, target);
  const otherDraft = stage.draft !== null && draft !== null && !isSameDraft(stage.draft.spec, draft);
  await unloadFrom(stage, { target: otherTarget, draft: otherDraft || otherTarget });
}

async function unloadFrom(stage: Stage, which: { readonly target: boolean; readonly draft: boolean }): Promise<void> {
  // A draft may be the target once more, on its weights, so it goes first.
  if (stage.draft && which.draft) {
    const leaving = stage.draft;
    stage.draft = null;
    await unload(leaving);
  }
  if (stage.target && which.target) {
    const leaving = stage.target;
    stage.target = null;
    await unload(leaving);
  }
}

function readyPair(stage: Stage, spec: PairSpec): ReadyPair {
  const { shared, target, draft } = stage;
  if (!target) throw new RangeError('the target is not loaded');
  return {
    adapter: shared.adapter,
    spec,
    target: { side: target.side, text: target.model.pipeline },
    draft: spec.draft === null ? null : (draft?.side ?? null),
    memory: () => {
      const own = target.model.pipeline.memory;
      const drafts = draft?.model.pipeline.memory ?? { weights: 0, cache: 0 };
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

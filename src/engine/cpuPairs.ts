import { checkPair } from '../catalog/pairing';
import { bytesOf, isSameDraft, isSameModel, type ModelSpec, modelsOf, type PairSpec } from '../catalog/spec';
import { checkTokenizers } from '../catalog/tokenizer';
import { FailureError } from '../core/failure';
import { CpuDrafter } from '../model/cpu/drafter';
import { type CpuMeans, type CpuModelFiles, loadCpuModel } from '../model/cpu/loader';
import type { HeldRun } from '../model/cpu/model';
import type { Forward } from '../model/cpu/port';
import { CpuTarget } from '../model/cpu/target';
import type { LoaderProgress } from '../model/webllm/loader';
import { orMemory } from '../storage/memory';
import type { FileStorage } from '../storage/port';
import { type ConvertProgress, storeLoadable } from './convert';
import { refuseHalfCache } from './fits';
import { Joint } from './joint';
import type { PairLoader, ReadyPair } from './pair';
import type { LoadProgress } from './tasks';

interface Loaded<Spec, Side> {
  readonly spec: Spec;
  readonly files: CpuModelFiles;
  readonly side: Side;
}

type LoadedTarget = Loaded<ModelSpec, CpuTarget>;
type LoadedDraft = Loaded<PairSpec['draft'], CpuDrafter>;

/** Runs pairs on the CPU, without WebGPU. */
export class CpuPairs implements PairLoader {
  readonly #storage: FileStorage;
  readonly #means: CpuMeans;
  #target: LoadedTarget | null = null;
  #draft: LoadedDraft | null = null;
  /** The target with a second cache, to draft for itself; kept as long as the target, as the memory of WebAssembly takes nothing back. */
  #twin: Forward | null = null;

  readonly #held: HeldRun = { grammar: null };

  /** @param storage where it keeps nothing, as over http from another machine, files are fetched for this visit */
  constructor(storage: FileStorage, { form = 'wasm', threads }: Partial<CpuMeans> = {}) {
    this.#storage = orMemory(storage);
    this.#means = { form, threads };
  }

  async ready(spec: PairSpec, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ReadyPair> {
    checkPair(spec);
    refuseHead(spec.draft);
    for (const model of modelsOf(spec)) refuseHalfCache(model);
    const both = new Joint(signal);
    const targetReady = both.attempt(() => this.#readyTarget(spec.target, report, both.signal));
    const draftReady = both.attempt(() => this.#readyDraft(spec, targetReady, report, both.signal));
    await Promise.allSettled([targetReady, draftReady]);
    if (both.failed) throw both.failed.cause;
    const [target, draft] = [await targetReady, await draftReady];
    return {
      adapter: adapterOf([target, draft].flatMap((side) => side?.files ?? [])),
      spec,
      target: { side: target.side, text: target.files.text },
      draft: draft?.side ?? null,
      memory: () => null,
      measureReadback: async () => 0,
      watch: () => () => undefined,
      firstCause: async (error) => error,
    };
  }

  async release(model: ModelSpec): Promise<void> {
    const { target, draft } = { target: this.#target, draft: this.#draft };
    if (target && isSameModel(target.spec, model)) await this.unload();
    else if (draft && isSameDraft(draft.spec, model)) this.#unloadDraft();
  }

  async unload(): Promise<void> {
    this.#unloadDraft();
    const files = this.#target?.files;
    this.#target = this.#twin = this.#held.grammar = null;
    files?.forward.close();
    files?.grammars.close();
  }

  #unloadDraft(): void {
    // One that is the target itself has no threads of its own.
    if (this.#draft?.spec !== 'itself') this.#draft?.files.forward.close();
    this.#draft = null;
  }

  async #readyTarget(spec: ModelSpec, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<LoadedTarget> {
    if (this.#target && isSameModel(this.#target.spec, spec)) return this.#target;
    await this.unload();
    const files = await this.#load(spec, report, signal);
    this.#target = { spec, files, side: new CpuTarget(files.forward, files.grammars, this.#held) };
    return this.#target;
  }

  /** While the target comes. */
  async #readyDraft(
    pair: PairSpec,
    target: Promise<LoadedTarget>,
    report: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadedDraft | null> {
    const { draft: spec } = pair;
    const loaded = this.#draft;
    if (spec === null) return null;
    if (loaded && isSameDraft(loaded.spec, spec)) return loaded;
    await checkTokenizers(pair, this.#storage, signal);
    this.#unloadDraft();
    const files =
      spec === 'itself'
        ? await target.then((ready) => ({ ...ready.files, forward: this.#twinOf(ready) }))
        : await this.#load(spec, report, signal);
    this.#draft = { spec, files, side: new CpuDrafter(files.forward, this.#held) };
    return this.#draft;
  }

  #twinOf({ files }: LoadedTarget): Forward {
    this.#twin ??= files.forward.sibling();
    this.#twin.truncate(0);
    return this.#twin;
  }

  async #load(model: ModelSpec, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<CpuModelFiles> {
    const about = { type: 'progress', model: model.id, name: model.name, totalBytes: bytesOf(model.files), backend: 'cpu' } as const;
    const told = (progress: LoaderProgress | ConvertProgress) => report({ ...about, ...progress });
    const loadable = model.conversion ? await storeLoadable(model, { storage: this.#storage, report: told, signal }) : model;
    return loadCpuModel(loadable, this.#storage, told, signal, this.#means);
  }
}

/** What a run says of the CPU: the slower of what its models run in, and most threads that compute one of them. */
function adapterOf(files: readonly CpuModelFiles[]): string {
  if (files.some(({ form }) => form === 'plain')) return 'CPU, plain JavaScript';
  const threads = Math.max(...files.map(({ forward }) => forward.threads));
  return threads === 1 ? 'CPU, WebAssembly' : `CPU, WebAssembly, ${threads} threads`;
}

/** @throws FailureError feature-missing */
function refuseHead(draft: PairSpec['draft']): void {
  if (typeof draft !== 'object' || draft?.statesOf === undefined) return;
  throw new FailureError(
    'feature-missing',
    `${draft.name} reads the hidden states of its target, which only WebGPU keeps.`,
    'Draft by n-grams, or run on WebGPU.',
  );
}

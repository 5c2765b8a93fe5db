import { calibrate } from '../core/calibrate';
import { FailureError, toFailure } from '../core/failure';
import { LookupFirst, NgramDrafter } from '../core/ngram';
import { checkSettings } from '../core/settings';
import { speculate } from '../core/speculate';
import { type Drafter, LIMITS, type RunEvent, type RunSettings } from '../core/types';
import { type SharedDevice, shareDevice } from '../gpu/device';
import { measureReadback } from '../gpu/readback';
import { Stopwatch } from '../gpu/stopwatch';
import { fetchManifest, type Manifest, type ModelEntry } from '../model/manifest';
import { MOMENTS, ModelDrafter } from '../model/webllm/drafter';
import { downloadBytes, type LoadedModel, loadModel } from '../model/webllm/loader';
import { Sampler } from '../model/webllm/sampler';
import { ModelTarget } from '../model/webllm/target';
import type { Engine } from './host';
import type { CalibrateTask, CalibrationResult, LoadProgress, LoadTask, PairSelection, RunTask } from './protocol';

/** A model on the device with its side of the loop. */
interface Loaded<Side> {
  readonly model: LoadedModel;
  readonly side: Side;
}

/** What is on the device. Every field is of the same device and the same models folder. */
interface Stage {
  readonly modelsUrl: string;
  readonly shared: SharedDevice;
  readonly sampler: Sampler;
  readonly stopwatch: Stopwatch | null;
  target: Loaded<ModelTarget> | null;
  draft: Loaded<ModelDrafter> | null;
}

interface Pair {
  readonly shared: SharedDevice;
  readonly target: Loaded<ModelTarget>;
  readonly draft: Loaded<ModelDrafter>;
}

type Report<T> = (update: T) => void;

/** Loads pairs through web-llm onto one shared device and runs them, one task after the other. */
export class PairEngine implements Engine {
  readonly #gpu: GPU | undefined;
  #currentDevice: (() => Promise<SharedDevice>) | null = null;
  #stage: Stage | null = null;
  #lastTask: Promise<unknown> = Promise.resolve();

  constructor(gpu: GPU | undefined) {
    this.#gpu = gpu;
  }

  async load({ selection }: LoadTask, report: Report<LoadProgress>, signal: AbortSignal): Promise<void> {
    await this.#inTurn(signal, () => this.#ready(selection, report, signal)).catch((error) => {
      if (!signal.aborted) throw error;
      throw new FailureError('aborted', 'Loading was stopped.', 'Run to go on; files that are complete are kept.');
    });
  }

  async calibrate({ selection }: CalibrateTask, report: Report<LoadProgress | CalibrationResult>, signal: AbortSignal): Promise<void> {
    await this.#inTurn(signal, async () => {
      const { shared, target, draft } = await this.#ready(selection, report, signal);
      const clock = () => performance.now();
      const readbackMs = await measureReadback(shared.device, clock);
      const calibration = await calibrate(draft.side, target.side, { clock, readbackMs, signal });
      report({ type: 'calibration', adapter: shared.adapter, calibration });
    });
  }

  async run(task: RunTask, report: Report<LoadProgress | RunEvent>, signal: AbortSignal): Promise<void> {
    checkSettings(task.settings);
    if (task.prompt.trim() === '')
      throw new FailureError('prompt-empty', 'The prompt is empty.', 'Type something for the models to answer.');
    await this.#inTurn(signal, async (begin) => {
      const pair = await this.#ready(task.selection, report, signal);
      signal.throwIfAborted();
      begin();
      await this.#decode(pair, task, report, signal);
    }).catch((error) => {
      if (!signal.aborted) throw error;
      report({ type: 'end', reason: 'aborted', endMs: 0 });
    });
  }

  /**
   * Does `work` after every earlier task has ended, since models and caches belong to one task at a time. An abort is answered at once, while
   * what cannot be interrupted ends behind it, until `work` calls `begin`: from then on it ends by itself and tells how.
   */
  #inTurn<T>(signal: AbortSignal, work: (begin: () => void) => Promise<T>): Promise<T> {
    let begun = false;
    const turn = this.#lastTask.then(() => {
      signal.throwIfAborted();
      return work(() => {
        begun = true;
      });
    });
    this.#lastTask = turn.catch(() => undefined);
    return new Promise((resolve, reject) => {
      turn.then(resolve, reject);
      signal.addEventListener('abort', () => begun || reject(signal.reason), { once: true });
    });
  }

  async #decode(pair: Pair, task: RunTask, report: Report<RunEvent>, signal: AbortSignal): Promise<void> {
    const { target, draft, shared } = pair;
    const drafting = chooseDrafting(task.settings, draft);
    const started = performance.now();
    const events = speculate(drafting?.drafter ?? null, target.side, {
      prompt: task.prompt,
      promptIds: target.model.pipeline.encodeChat(task.prompt, task.turns),
      settings: task.settings,
      labels: { target: target.model.name, draft: drafting?.name ?? null, adapter: shared.adapter },
      stopTokens: target.model.pipeline.stopTokens,
      detokenizer: target.model.pipeline,
      clock: () => performance.now(),
      signal,
      calibration: task.calibration,
    });
    let fail: (failure: FailureError) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => undefined);
    shared.listeners.add(fail);
    try {
      for (;;) {
        const { done, value } = await Promise.race([events.next(), failed]);
        if (done) return;
        report(value);
      }
    } catch (error) {
      const failure = toFailure(await firstCause(shared, error));
      report({ type: 'end', reason: 'failed', failure, endMs: performance.now() - started });
    } finally {
      shared.listeners.delete(fail);
    }
  }

  /** The pair of `selection`, keeping of what is loaded all that still fits, also when a part fails to load. */
  async #ready({ modelsUrl, draft }: PairSelection, report: Report<LoadProgress>, signal: AbortSignal): Promise<Pair> {
    const old = this.#stage;
    if (old && !old.shared.hasFailed && old.modelsUrl === modelsUrl && old.target && old.draft?.model.id === draft) {
      return { shared: old.shared, target: old.target, draft: old.draft };
    }
    const manifest = await fetchManifest(modelsUrl, signal);
    const entries = selectEntries(manifest, draft);
    const stage = await this.#prepareStage(modelsUrl);
    if (stage.draft && stage.draft.model.id !== draft) {
      await unload(stage.draft);
      stage.draft = null;
    }

    // What fails first stops the other, so that its message does not wait for a download that has become useless.
    const joint = new AbortController();
    let cause: unknown = null;
    const load = (id: string, entry: ModelEntry) => {
      const totalBytes = downloadBytes(entry);
      return loadModel(
        id,
        entry,
        modelsUrl,
        (progress) => report({ type: 'progress', model: id, name: entry.name, totalBytes, ...progress }),
        AbortSignal.any([signal, joint.signal]),
      ).catch((error) => {
        cause ??= error;
        joint.abort(error);
        throw error;
      });
    };
    const loadTarget = async () => {
      const model = await load(manifest.pair.target, entries.target);
      return { model, side: new ModelTarget(model.pipeline, stage.sampler, stage.stopwatch, LIMITS.gamma.max) };
    };
    const loadDraft = async () => {
      const model = await load(draft, entries.draft);
      return { model, side: new ModelDrafter(model.pipeline, stage.sampler, stage.stopwatch, LIMITS.gamma.max) };
    };
    // In parallel: one model downloads while the other's pipelines are made.
    const [target, drafter] = await Promise.allSettled([stage.target ?? loadTarget(), stage.draft ?? loadDraft()]);
    if (target.status === 'fulfilled') stage.target = target.value;
    if (drafter.status === 'fulfilled') stage.draft = drafter.value;
    if (stage.shared.hasFailed) throw await stage.shared.failure;
    if (target.status === 'rejected') throw await firstCause(stage.shared, cause ?? target.reason);
    if (drafter.status === 'rejected') throw await firstCause(stage.shared, cause ?? drafter.reason);
    return { shared: stage.shared, target: target.value, draft: drafter.value };
  }

  /** A device that works, with what is already loaded on it for `modelsUrl`; fails before any download where no model could run. */
  async #prepareStage(modelsUrl: string): Promise<Stage> {
    const old = this.#stage;
    if (old && !old.shared.hasFailed && old.modelsUrl === modelsUrl) return old;
    this.#stage = null;
    if (old) {
      for (const loaded of [old.target, old.draft]) if (loaded) await unload(loaded);
      old.sampler.dispose();
      old.stopwatch?.dispose();
    }
    this.#currentDevice ??= shareDevice(this.#gpu);
    const shared = await this.#currentDevice();
    const { device } = shared;
    const sampler = await Sampler.create(device);
    const stage: Stage = { modelsUrl, shared, sampler, stopwatch: Stopwatch.create(device, MOMENTS.count), target: null, draft: null };
    this.#stage = stage;
    return stage;
  }
}

/** How long a device may take to say that it is lost after the first command failed for it. */
const LOSS_IS_TOLD_WITHIN_MS = 250;

/** Whatever a failed device broke, the device's own failure says more; it may come a moment later. A failure with a code of its own stands. */
async function firstCause(shared: SharedDevice, error: unknown): Promise<unknown> {
  if (!shared.hasFailed && error instanceof FailureError) return error;
  const late = new Promise((resolve) => setTimeout(() => resolve(error), LOSS_IS_TOLD_WITHIN_MS));
  return Promise.race([shared.failure, late]);
}

/** What drafts and its name; null in plain decoding. */
function chooseDrafting({ mode, drafting }: RunSettings, { model, side }: Loaded<ModelDrafter>): { drafter: Drafter; name: string } | null {
  if (mode === 'plain') return null;
  if (drafting === 'ngram') return { drafter: new NgramDrafter(side.capabilities), name: 'n-gram lookup' };
  if (drafting === 'mixed') return { drafter: new LookupFirst(side), name: `n-gram lookup, then ${model.name}` };
  return { drafter: side, name: model.name };
}

async function unload({ model, side }: Loaded<ModelTarget | ModelDrafter>): Promise<void> {
  side.dispose();
  // A device that failed makes unloading fail too; then there is nothing left to free.
  await model.unload().catch(() => undefined);
}

function selectEntries(manifest: Manifest, draftId: string): { target: ModelEntry; draft: ModelEntry } {
  const target = manifest.models[manifest.pair.target];
  const draft = manifest.models[draftId];
  if (!target || !draft) {
    const known = manifest.pair.drafts.map((entry) => entry.id).join(', ');
    throw new FailureError('invalid-setting', `There is no draft "${draftId}".`, `Choose one of: ${known}.`);
  }
  const tokenizer = (entry: ModelEntry) => entry.files.find((file) => file.path.endsWith('/tokenizer.json'))?.sha256;
  if (target.vocabulary !== draft.vocabulary || tokenizer(target) !== tokenizer(draft)) {
    throw new FailureError(
      'vocabulary-mismatch',
      `"${draft.name}" and "${target.name}" do not share a vocabulary, so no draft could ever be judged.`,
      'Choose a draft of the target’s own family.',
    );
  }
  return { target, draft };
}

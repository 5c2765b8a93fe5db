import { deleteHubModel } from '../catalog/hubModels';
import { deleteOwn, ownFolder } from '../catalog/own';
import { checkRollback, checkVerification } from '../catalog/pairing';
import { isOwn, nameOfDraft, type PairSpec, runModelsOf } from '../catalog/spec';
import { clockStep, steadyClock } from '../core/clock';
import { calibrate } from '../core/cost/calibrate';
import { FailureError, toFailure } from '../core/failure';
import { checkFormat } from '../core/format/format';
import { NgramDrafter, NgramFirst } from '../core/loop/ngram';
import { type AskPerson, PersonDrafter, type PersonSetup } from '../core/loop/person';
import { speculate } from '../core/loop/speculate';
import { warmUp } from '../core/loop/warmUp';
import { checkRun } from '../core/settings';
import type { Drafter, RunEvent, RunSettings, TokenId } from '../core/types';
import { BROWSER_PORTS, type OwnPorts } from './ownPorts';
import type { ModelText, PairLoader, ReadyPair, Wanted } from './pair';
import { checkCharacters } from './promptLength';
import type {
  CalibrateTask,
  CalibrationResult,
  ComputedBy,
  Engine,
  Fetching,
  FetchTask,
  Imported,
  ImportProgress,
  ImportTask,
  Inspected,
  InspectTask,
  LoadProgress,
  LoadTask,
  MemoryUpdate,
  Published,
  PublishedTask,
  RemoveTask,
  RunTask,
  UnloadTask,
} from './tasks';
import { Turns } from './turns';

type Report<T> = (update: T) => void;

/** Loads pairs and runs them, one task after the other. */
export class PairEngine implements Engine {
  readonly #pairs: PairLoader;
  readonly #clock: () => number;
  /** The smallest step of the clock, once it was looked for. */
  #clockStepMs: number | null = null;
  /** What a bare readback takes, by the adapter. */
  readonly #readbackMs = new Map<string, number | null>();
  readonly #turns = new Turns();
  readonly #own: OwnPorts;
  /** Imports, one after the other. */
  readonly #imports = new Turns();

  /**
   * @param clock milliseconds from any fixed moment; it may stand still or step back
   * @param own what models of a person's own are made with
   */
  constructor(pairs: PairLoader, clock: () => number, own: OwnPorts = BROWSER_PORTS) {
    this.#pairs = pairs;
    this.#clock = clock;
    this.#own = own;
  }

  async load(
    { pair: spec, backend }: LoadTask,
    report: Report<LoadProgress | ComputedBy | MemoryUpdate>,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#turns
      .take(signal, async () => {
        const pair = await this.#ready(spec, report, signal, { backend });
        reportMemory(pair, report);
        this.#turns.meanwhile((idle) => this.#warmUp(pair, idle));
      })
      .catch((error) => {
        if (!signal.aborted) throw error;
        throw new FailureError('aborted', 'Loading was stopped.', 'Run to go on; files that are complete are kept.');
      });
  }

  async calibrate(
    { pair: spec, backend }: CalibrateTask,
    report: Report<LoadProgress | ComputedBy | CalibrationResult>,
    signal: AbortSignal,
  ): Promise<void> {
    checkRollback(spec.target);
    await this.#turns.take(signal, async () => {
      const pair = await this.#ready(spec, report, signal, { backend });
      checkSpeculation(pair);
      const clock = steadyClock(this.#clock);
      const clockStepMs = this.#stepOfClock();
      const readbackMs = await pair.measureReadback(clock, clockStepMs);
      const calibration = await calibrate(pair.draft, pair.target.side, { clock, clockStepMs, readbackMs, signal });
      report({ type: 'calibration', adapter: pair.adapter, calibration });
    });
  }

  async run(
    task: RunTask,
    report: Report<LoadProgress | ComputedBy | MemoryUpdate | RunEvent>,
    signal: AbortSignal,
    ask: AskPerson = async () => null,
  ): Promise<void> {
    checkRun(task);
    checkFormat(task.settings.format);
    await this.#turns
      .take(signal, async (begin) => {
        if (task.settings.mode === 'speculative') checkRollback(task.pair.target);
        const wanted = { backend: task.backend, plain: task.settings.mode === 'plain' };
        const pair = await this.#ready(task.pair, report, signal, wanted);
        signal.throwIfAborted();
        // What the loaded library says, whatever the list did.
        if (task.settings.mode === 'speculative') checkSpeculation(pair);
        begin();
        await this.#decode(pair, task, report, signal, ask);
        reportMemory(pair, report);
      })
      .catch((error) => {
        if (!signal.aborted) throw error;
        report({ type: 'end', reason: 'aborted', endMs: 0 });
      });
  }

  async import(task: ImportTask, report: Report<ImportProgress | Imported>, signal: AbortSignal): Promise<void> {
    const work = async (begin: () => void) => {
      // What is half written is deleted before it ends.
      begin();
      // Fetched when somebody opens a file.
      const { importModels } = await import('./importModels');
      await importModels(task, { ports: this.#own, report, signal, turn: (part) => this.#uninterrupted(part, signal) });
    };
    await this.#imports.take(signal, work).catch((error) => {
      if (!signal.aborted) throw error;
      throw new FailureError('aborted', 'Opening the file was stopped.', 'Only what was ready is kept. To go on, open it again.');
    });
  }

  remove({ model, base }: RemoveTask, signal: AbortSignal): Promise<void> {
    const { storage, alone } = this.#own;
    const release = () => this.#uninterrupted(() => this.#pairs.release(model), signal);
    if (!isOwn(model.id)) return release().then(() => deleteHubModel(storage, base, model.id));
    return release().then(() => alone(() => deleteOwn(storage, ownFolder(base), model.id), signal));
  }

  async listPublished(_task: PublishedTask, report: Report<Published>): Promise<void> {
    await (await importHub()).listPublished(report);
  }

  async inspect(task: InspectTask, report: Report<Inspected>, signal: AbortSignal): Promise<void> {
    await (await importHub()).inspect(task, this.#own.storage, report, signal);
  }

  async fetch(task: FetchTask, report: Report<Fetching>, signal: AbortSignal): Promise<void> {
    await (await importHub()).fetchModels(task, this.#own.storage, report, signal);
  }

  unload(_task: UnloadTask, signal: AbortSignal): Promise<void> {
    return this.#uninterrupted(() => this.#pairs.unload(), signal);
  }

  /** `work` as a task of its own, which ends before anything else is told. */
  #uninterrupted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#turns.take(signal, (begin) => {
      begin();
      return work();
    });
  }

  async #ready(spec: PairSpec, report: Report<LoadProgress | ComputedBy>, signal: AbortSignal, wanted: Wanted): Promise<ReadyPair> {
    const pair = await this.#pairs.ready(spec, report, signal, wanted);
    if (pair.computedBy) report({ type: 'computed-by', adapter: pair.adapter, ...pair.computedBy });
    return pair;
  }

  /** What the pair's first run would wait for, or begin with drafts of the wrong length without. */
  async #warmUp(pair: ReadyPair, signal: AbortSignal): Promise<void> {
    // What a warm-up puts into a cache it takes out again.
    if (speculates(pair)) await warmUp(pair.draft, pair.target.side, { clock: steadyClock(this.#clock), signal });
    if (!signal.aborted) await this.#measureReadback(pair);
  }

  #stepOfClock(): number {
    this.#clockStepMs ??= clockStep(steadyClock(this.#clock));
    return this.#clockStepMs;
  }

  /** Once for each device: after a load, or by its first run. If the device fails meanwhile, the next request reports it. */
  async #measureReadback({ adapter, measureReadback }: ReadyPair): Promise<number | null> {
    const known = this.#readbackMs.get(adapter);
    if (known !== undefined) return known;
    const clock = steadyClock(this.#clock);
    const measured = await measureReadback(clock, this.#stepOfClock()).catch(() => undefined);
    if (measured !== undefined) this.#readbackMs.set(adapter, measured);
    return measured ?? null;
  }

  async #decode(pair: ReadyPair, task: RunTask, report: Report<RunEvent>, signal: AbortSignal, ask: AskPerson): Promise<void> {
    const { target, adapter, spec } = pair;
    const clock = steadyClock(this.#clock);
    const { contextLength, vocabularySize } = target.side.capabilities;
    checkCharacters(task, target.text, contextLength, vocabularySize);
    const promptIds = promptIdsOf(task, target.text);
    const drafting = chooseDrafting(task.settings, pair, { promptLength: promptIds.length, ask, clock });
    const { calibration: measured, measuredOn = adapter } = task;
    const calibration = measuredOn === adapter ? measured : null;
    const readbackMs = calibration ? calibration.readbackMs : await this.#measureReadback(pair);
    let reachedMs = 0;
    const events = speculate(drafting?.drafter ?? null, target.side, {
      prompt: task.prompt,
      ...(task.system ? { system: task.system } : {}),
      promptIds,
      settings: task.settings,
      labels: { target: spec.target.name, draft: drafting?.name ?? null, adapter },
      models: runModelsOf(spec, drafting?.byModel ?? false),
      stopTokens: target.text.stopTokens,
      templateStops: target.text.stopStrings,
      detokenizer: target.text,
      clock,
      signal,
      ...{ calibration, readbackMs, clockStepMs: this.#stepOfClock() },
    });
    let fail: (failure: FailureError) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    failed.catch(() => undefined);
    const unwatch = pair.watch(fail);
    try {
      for (;;) {
        const { done, value } = await Promise.race([events.next(), failed]);
        if (done) return;
        if (value.type !== 'start') reachedMs = value.endMs;
        report(value);
      }
    } catch (error) {
      const failure = toFailure(await pair.firstCause(error));
      report({ type: 'end', reason: 'failed', failure, endMs: Math.max(reachedMs, clock() - (drafting?.drafter.waitedMs ?? 0)) });
    } finally {
      unwatch();
    }
  }
}

/** Fetched when somebody looks at such models. */
function importHub(): Promise<typeof import('./hub')> {
  return import('./hub');
}

/** What the answer of `task` comes after. */
function promptIdsOf({ prompt, turns, system, raw, begun }: RunTask, text: ModelText): TokenId[] {
  return [...(raw ? text.encode(prompt) : text.encodeChat(prompt, turns, system)), ...(begun ? text.encode(begun) : [])];
}

/** Whether `pair` can speculate, by what its loaded library says. @throws FailureError rollback-missing */
function checkSpeculation({ spec: { target: model }, target }: ReadyPair): void {
  const { rollsBack = true, rowsAtOnce = Infinity } = target.side.capabilities;
  checkRollback({ name: model.name, rollsBack: model.rollsBack && rollsBack });
  checkVerification(model.name, rowsAtOnce);
}

function speculates(pair: ReadyPair): boolean {
  try {
    checkSpeculation(pair);
    return true;
  } catch {
    return false;
  }
}

function reportMemory({ adapter, memory }: ReadyPair, report: Report<MemoryUpdate>): void {
  const taken = memory();
  if (taken) report({ type: 'memory', adapter, memory: taken });
}

/** What drafts, its name, and whether the pair's draft has a part in it; null in plain decoding. @throws FailureError invalid-setting */
function chooseDrafting(
  { mode, drafting }: RunSettings,
  pair: ReadyPair,
  run: Pick<PersonSetup, 'promptLength' | 'ask' | 'clock'>,
): { drafter: Drafter; name: string; byModel: boolean } | null {
  const { draft, target, spec } = pair;
  if (mode === 'plain') return null;
  if (drafting === 'person') {
    const { vocabularySize } = target.side.capabilities;
    return { drafter: new PersonDrafter({ tokenizer: target.text, vocabularySize, ...run }), name: 'a person', byModel: false };
  }
  if (drafting === 'ngram') return { drafter: new NgramDrafter(), name: 'n-gram', byModel: false };
  if (!draft) throw new FailureError('invalid-setting', 'No model drafts in this pair.', 'Choose a draft, or n-gram drafting.');
  const name = nameOfDraft(spec);
  if (drafting === 'mixed') return { drafter: new NgramFirst(draft), name: `n-gram, then ${name}`, byModel: true };
  return { drafter: draft, name, byModel: true };
}

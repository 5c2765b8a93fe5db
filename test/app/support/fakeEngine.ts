import type { Calibration } from '../../../src/core/cost/cost';
import { FailureError } from '../../../src/core/failure';
import { type AskPerson, PersonDrafter } from '../../../src/core/loop/person';
import { speculate } from '../../../src/core/loop/speculate';
import { type AnsweredTurn, encodeTurns } from '../../../src/core/loop/splice';
import type { PairMemory, TokenId } from '../../../src/core/types';
import type { LoadProgress, RunTask, Task, Update } from '../../../src/engine/tasks';
import { FakeDrafter, type FakeLanguage, FakeTarget } from '../../../src/model/fake';
import type { EngineConnection } from '../../../src/store/engine/connection';
import { tokenizerOf, WORDS } from '../../support/words';
import { MANIFEST } from './manifest';

const TOKENIZER = tokenizerOf(WORDS);
const LANGUAGE: FakeLanguage = { vocabularySize: WORDS.length, order: 2, seed: 3 };
const AGREEMENT: Readonly<Record<string, number>> = { draft: 0.8, 'weak-draft': 0.3, target: 1 };

/** A token for every letter of a prompt. */
const LETTERS = { encode: (text: string) => [...text].map((letter) => (letter.codePointAt(0) ?? 0) % WORDS.length) };
const writeTurns = (question: string) => (turns: readonly AnsweredTurn[]) => [
  ...turns.flatMap((turn) => [turn.question, turn.answer]),
  question,
];

/** A device on which a row more costs a third of a decode. */
const CALIBRATION: Calibration = {
  ...{ rows: [1, 2, 17], contexts: [0, 512], draftMs: [1, 1] },
  verifyMs: [
    [10, 13, 60],
    [12, 15, 62],
  ],
  ...{ readbackMs: 0.5, plainFixedMs: 1, roundFixedMs: 1 },
};

/** What the made-up pair is said to take. */
const MEMORY: PairMemory = {
  target: { weights: 11_000_000, cache: 6_000_000 },
  draft: { weights: 1_600_000, cache: 1_000_000 },
  working: 2_000_000,
};

/** How a `FakeEngine` behaves; it may change between tasks. */
export interface FakeEngineOptions {
  stopTokens: ReadonlySet<TokenId>;
  /** Milliseconds between two updates; 0 yields to the page all the same. */
  pace: number;
  /** Rounds after which a run waits to be stopped; null: it goes on to its end. */
  hold: number | null;
  /** Thrown by the next run after its third round. */
  failure: FailureError | null;
  /** Tokens that the models hold. */
  context: number;
}

/** The real loop over made-up models, in the page instead of a worker. */
export class FakeEngine implements EngineConnection {
  readonly options: FakeEngineOptions = { stopTokens: new Set(), pace: 0, hold: null, failure: null, context: 4096 };
  readonly tasks: Task[] = [];
  /** Kept from run to run, as is its cache. */
  #target: FakeTarget | null = null;

  async *send(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Update, void> {
    this.tasks.push(task);
    for (const update of progressOf(task.selection.draft)) {
      if (signal?.aborted) {
        if (task.type === 'run') yield { type: 'end', reason: 'aborted', endMs: 0 };
        return;
      }
      yield await this.#paced(update);
    }
    if (task.type === 'load' && !signal?.aborted) yield await this.#paced({ type: 'memory', adapter: 'memory', memory: MEMORY });
    if (task.type === 'calibrate' && !signal?.aborted)
      yield await this.#paced({ type: 'calibration', adapter: 'memory', calibration: CALIBRATION });
    if (task.type === 'run') yield* this.#run(task, signal ?? new AbortController().signal, ask);
  }

  async *#run(task: RunTask, signal: AbortSignal, ask: AskPerson = async () => null): AsyncGenerator<Update, void> {
    const { failure, context } = this.options;
    this.options.failure = null;
    if (this.#target?.capabilities.contextLength !== context) this.#target = new FakeTarget(LANGUAGE, context);
    let time = 0;
    const clock = () => (time += 5);
    const stopped = aborted(signal).then(() => null);
    const model = new FakeDrafter(LANGUAGE, context, AGREEMENT[task.selection.draft] ?? 0.5);
    const person = new PersonDrafter(model.capabilities, TOKENIZER, (question) => Promise.race([ask(question), stopped]), clock);
    const drafter = task.settings.mode === 'plain' ? null : task.settings.drafting === 'person' ? person : model;
    const events = speculate(drafter, this.#target, {
      prompt: task.prompt,
      promptIds: encodeTurns(task.prompt, task.turns, writeTurns(task.prompt), LETTERS),
      settings: task.settings,
      labels: { target: 'target', draft: drafter && task.selection.draft, adapter: 'memory' },
      stopTokens: this.options.stopTokens,
      detokenizer: TOKENIZER,
      clock,
      signal,
      calibration: task.calibration,
    });
    try {
      for await (const event of events) {
        yield await this.#paced(event);
        if (event.type === 'round' && event.index + 1 === this.options.hold) await aborted(signal);
        if (failure && event.type === 'round' && event.index === 2) throw failure;
      }
    } catch (thrown) {
      // As the engine's worker does with what the loop refuses.
      if (thrown === failure || !(thrown instanceof FailureError)) throw thrown;
      yield { type: 'end', reason: 'failed', failure: thrown.failure, endMs: 0 };
    }
  }

  async #paced(update: Update): Promise<Update> {
    if (this.options.pace > 0) await new Promise((resolve) => setTimeout(resolve, this.options.pace));
    else await Promise.resolve();
    return update;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export function progressOf(draft: string): LoadProgress[] {
  return [MANIFEST.pair.target, draft].flatMap((model) => {
    const entry = MANIFEST.models[model];
    if (!entry) throw new FailureError('manifest-invalid', `There is no model ${model}.`, 'Choose another.');
    const totalBytes = entry.library.bytes + entry.files.reduce((sum, file) => sum + file.bytes, 0);
    const at = (phase: LoadProgress['phase'], loadedBytes: number): LoadProgress => ({
      ...{ type: 'progress', model, name: entry.name, phase, loadedBytes, totalBytes, backend: 'webgpu' },
    });
    return [at('downloading', totalBytes / 4), at('checking', totalBytes), at('preparing', totalBytes), at('ready', totalBytes)];
  });
}

import { bytesOf, filesOf, isSameDraft, type ModelSpec, modelsOf, type PairSpec } from '../../../src/catalog/spec';
import type { FailureError } from '../../../src/core/failure';
import type { Tokenizer } from '../../../src/core/loop/person';
import { encodeTurns } from '../../../src/core/loop/splice';
import type { DraftModel, PairMemory, Target, TokenId } from '../../../src/core/types';
import type { PairLoader, ReadyPair } from '../../../src/engine/pair';
import type { LoadProgress } from '../../../src/engine/tasks';
import { PAIR_COSTS } from '../../support/slowPair';
import { draftOf } from './manifest';

/** What the made-up pair is said to take. */
export const MEMORY: PairMemory = {
  target: { weights: 11_000_000, cache: 6_000_000 },
  draft: { weights: 1_600_000, cache: 1_000_000 },
  working: 2_000_000,
};

/** Both models of a made-up pair. */
export interface Models {
  readonly target: Target;
  readonly drafter: DraftModel;
}

/** What a `FakePairs` makes its pairs of. */
export interface FakePairsOptions {
  /** Both models, for `draft`. */
  readonly models: (draft: string) => Models;
  readonly tokenizer: Tokenizer;
  readonly words: number;
  readonly stopTokens: () => ReadonlySet<TokenId>;
  /** Milliseconds between two reports of progress. */
  readonly pace: () => number;
}

/** Loads pairs of `MANIFEST`, or of the list beside it, that consist of made-up models; nothing is fetched. What is loaded stays until `forget`. */
export class FakePairs implements PairLoader {
  readonly #options: FakePairsOptions;
  readonly #watching = new Set<(failure: FailureError) => void>();
  #loaded: ReadyPair | null = null;
  #ready: readonly ModelSpec[] = [];
  /** Of the task that was begun last. */
  signal: AbortSignal = new AbortController().signal;

  constructor(options: FakePairsOptions) {
    this.#options = options;
  }

  /** What the pairs run on fails: their users hear of it. */
  fail(failure: FailureError): void {
    for (const failed of this.#watching) failed(failure);
  }

  /** The next task loads again. */
  forget(): void {
    this.#loaded = null;
    this.#ready = [];
  }

  async ready(spec: PairSpec, report: (progress: LoadProgress) => void, signal: AbortSignal): Promise<ReadyPair> {
    this.signal = signal;
    for (const model of modelsOf(spec).filter((each) => !this.#ready.some(({ id }) => id === each.id))) {
      for (const progress of progressOf(model)) {
        report(progress);
        await pause(this.#options.pace());
        signal.throwIfAborted();
      }
    }
    const loaded = this.#loaded?.spec.target.id === spec.target.id ? this.#loaded : null;
    // What is loaded stays where no draft is asked for.
    if (loaded && spec.draft === null) return { ...loaded, spec, draft: null };
    if (loaded?.draft && isSameDraft(loaded.spec.draft, spec.draft)) return loaded;
    this.#loaded = this.#made(spec);
    this.#ready = modelsOf(spec);
    return this.#loaded;
  }

  async release(model: ModelSpec): Promise<void> {
    if (this.#ready.some(({ id }) => id === model.id)) this.forget();
  }

  async unload(): Promise<void> {
    this.forget();
  }

  #made(spec: PairSpec): ReadyPair {
    const { models, tokenizer, words, stopTokens } = this.#options;
    const { target, drafter } = models(draftOf(spec));
    /** A token for every letter of a prompt. */
    const letters = { encode: (text: string) => [...text].map((letter) => (letter.codePointAt(0) ?? 0) % words) };
    const text: ReadyPair['target']['text'] = {
      ...tokenizer,
      get stopTokens() {
        return stopTokens();
      },
      stopStrings: [],
      encodeChat: (question, turns, system = '') =>
        encodeTurns(question, turns, (all) => [system, ...all.flatMap((turn) => [turn.question, turn.answer]), question], letters, system),
    };
    return {
      adapter: 'memory',
      spec,
      target: { side: target, text },
      draft: spec.draft === null ? null : drafter,
      memory: () => MEMORY,
      measureReadback: async (_, stepMs) => (stepMs < PAIR_COSTS.readback ? PAIR_COSTS.readback : null),
      watch: (failed) => {
        this.#watching.add(failed);
        return () => this.#watching.delete(failed);
      },
      firstCause: async (error) => error,
    };
  }
}

/** Waits for `ms` milliseconds; with 0 it lets the page go on all the same. */
export async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  else await Promise.resolve();
}

/** Until `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function progressOf(model: ModelSpec): LoadProgress[] {
  const totalBytes = bytesOf(filesOf(model));
  const at = (phase: LoadProgress['phase'], loadedBytes: number): LoadProgress => ({
    ...{ type: 'progress', model: model.id, name: model.name, phase, loadedBytes, totalBytes, backend: 'webgpu' },
  });
  return [at('downloading', totalBytes / 4), at('checking', totalBytes), at('preparing', totalBytes), at('ready', totalBytes)];
}

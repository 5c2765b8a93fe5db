import type { RoundEvent, RunToken, Verdict } from '../../../src/core/types';
import type { RunTask, Task, Update } from '../../../src/engine/tasks';
import type { EngineConnection } from '../../../src/store/engine/connection';
import { progressOf } from './fakeEngine';

const WORDS = [' fox', ' bell', ' river', ' oak'];

export interface ChanceEngineOptions {
  /** Position from which on speculation writes what the target would not; null: nowhere. */
  wrongFrom: number | null;
  /** Whether every draft is the target's own token; else each is rejected. */
  agrees: boolean;
  /** Runs after which the next one waits to be stopped; null: none. */
  hold: number | null;
}

/** Runs whose tokens are drawn by their seed and temperature alone, as by a target that samples: the first of four words with the most weight. */
export class ChanceEngine implements EngineConnection {
  readonly options: ChanceEngineOptions = { wrongFrom: null, agrees: false, hold: null };
  readonly runs: RunTask[] = [];

  async *send(task: Task, signal?: AbortSignal): AsyncGenerator<Update, void> {
    if (task.type === 'calibrate') return;
    yield* progressOf(task.selection.draft);
    if (task.type !== 'run') return;
    this.runs.push(task);
    const { prompt, settings, calibration } = task;
    const speculative = settings.mode === 'speculative';
    const labels = { target: 'target', draft: speculative ? task.selection.draft : null, adapter: 'memory' };
    yield { type: 'start', prompt, promptIds: [1, 2], settings, labels, calibration };
    if (this.runs.length - 1 === this.options.hold)
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
    if (signal?.aborted) return yield { type: 'end', reason: 'aborted', endMs: 1 };
    for (let index = 0; index < settings.maxTokens; index++) yield this.#round(settings, index, speculative && index > 0);
    yield { type: 'end', reason: 'length', endMs: 10 * settings.maxTokens };
  }

  #round({ sampling }: RunTask['settings'], index: number, drafted: boolean): RoundEvent {
    const { wrongFrom, agrees } = this.options;
    const wrong = drafted && wrongFrom !== null && index >= wrongFrom;
    const id = (drawn(Number(sampling.seed), index, sampling.temperature) + (wrong ? 1 : 0)) % WORDS.length;
    const token = (verdict: Verdict, p: number): RunToken => ({
      ...{ id, verdict, p, q: drafted ? 0.5 : null, u: null, candidates: null, text: WORDS[id] ?? '' },
    });
    if (drafted && agrees) return this.#roundOf([token('accepted', 0.5)], index, drafted);
    const tokens = drafted ? [{ ...token('rejected', 0.4), id: (id + 1) % WORDS.length }, token('corrected', 0.5)] : [token('plain', 0.5)];
    return this.#roundOf(tokens, index, drafted);
  }

  #roundOf(tokens: readonly RunToken[], index: number, drafted: boolean): RoundEvent {
    return {
      ...{ type: 'round', index, tokens, readbacks: 1, limits: { model: drafted ? 1 : 0, ngram: 0 } },
      ...{ source: drafted ? 'model' : null, device: null, startMs: 10 * index, endMs: 10 * index + 10 },
    };
  }
}

/** A word's number by weights that temperature evens out; always the first at temperature 0. */
function drawn(seed: number, index: number, temperature: number): number {
  if (temperature === 0) return index % WORDS.length;
  const weights = WORDS.map((_, i) => Math.exp(-i / temperature));
  let at = uniform(seed, index) * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    at -= weight;
    return at < 0;
  });
  return Math.max(0, found);
}

/** A uniform number in [0, 1) for every seed and position (mix of murmur3's finaliser). */
function uniform(seed: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

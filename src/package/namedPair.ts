import { AnswerText } from '../api/answerText';
import type { ApiEngine, ApiModel } from '../api/apiEngine';
import type { PairApi } from '../api/pairApi';
import { FailureError } from '../core/failure';
import type { RunEvent } from '../core/types';
import { RuntimeStats } from './runtimeStats';

/** A loaded pair under the name that its program gave it, which knows what runs: it can be interrupted, and tells the latest answer. */
export class NamedPair implements ApiEngine {
  readonly #name: string;
  readonly #api: PairApi;
  /** Of all that run or wait, in the order in which they came. */
  readonly #runs = new Set<AbortController>();
  #running: AbortController | null = null;
  #closed = false;
  #text = new AnswerText([]);
  #message = '';
  #stats = new RuntimeStats();

  constructor(name: string, api: PairApi) {
    this.#name = name;
    this.#api = api;
  }

  /** Of the answer that began last, as far as it is. */
  get message(): string {
    return this.#message;
  }

  get stats(): RuntimeStats {
    return this.#stats;
  }

  async models(): Promise<readonly ApiModel[]> {
    if (this.#closed) throw notLoaded();
    const [model, ...others] = await this.#api.models();
    if (!model || model.id === this.#name) return model ? [model, ...others] : [];
    return [{ ...model, id: this.#name, names: [model.id, ...model.names] }, ...others];
  }

  defaults(): ReturnType<ApiEngine['defaults']> {
    return this.#api.defaults();
  }

  async *run(...[input, settings, signal, further]: Parameters<ApiEngine['run']>): ReturnType<PairApi['run']> {
    const stop = new AbortController();
    if (this.#closed) stop.abort();
    this.#runs.add(stop);
    try {
      for await (const update of this.#api.run(input, settings, AbortSignal.any([signal, stop.signal]), further)) {
        if (update.type !== 'plain') this.#note(update, stop);
        yield update;
      }
    } finally {
      this.#runs.delete(stop);
      if (this.#running === stop) this.#running = null;
    }
  }

  now(): number {
    return this.#api.now();
  }

  randomId(): string {
    return this.#api.randomId();
  }

  /** Stops what runs, and nothing that waits. */
  interrupt(): void {
    const [first] = this.#runs;
    (this.#running ?? first)?.abort();
  }

  /** Forgets the latest answer. @param keepStats whether what it took still counts */
  reset(keepStats: boolean): void {
    this.#message = '';
    if (!keepStats) this.#stats = new RuntimeStats();
  }

  /** Stops everything, and takes no more. */
  close(): void {
    this.#closed = true;
    this.#api.stop();
    for (const run of this.#runs) run.abort();
  }

  #note(event: RunEvent, stop: AbortController): void {
    this.#stats.add(event);
    if (event.type === 'start') {
      this.#running = stop;
      this.#text = new AnswerText([...event.settings.stopStrings, ...(event.templateStops ?? [])]);
      this.#message = '';
    } else if (event.type === 'round') this.#message += this.#text.push(event).text;
    else if (event.type === 'end') this.#message += this.#text.end(event).text;
  }
}

export function notLoaded(): FailureError {
  return new FailureError('not-loaded', 'No model is loaded.', 'Call reload(model) first, and wait for it.');
}

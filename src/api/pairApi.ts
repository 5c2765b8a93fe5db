import type { PairSpec } from '../catalog/spec';
import type { Calibration } from '../core/cost/cost';
import type { RunEvent, RunSettings } from '../core/types';
import type { CalibrationResult, ComputedBy, Engine, LoadProgress, MemoryUpdate } from '../engine/tasks';
import { runUpdates } from '../engine/updates';
import type { BackendChoice } from '../formats/settings';
import { type ApiEngine, type ApiModel, modelOf, type PlainNotice, type RunInput } from './apiEngine';
import { ApiError } from './apiError';
import { plainReason, usablePair } from './plainReason';
import type { RequestDefaults } from './request';

/** What the API runs on without a page, and what it takes from its surroundings. */
export interface PairApiSetup {
  readonly engine: Pick<Engine, 'load' | 'calibrate' | 'run'>;
  readonly pair: PairSpec;
  /** What computes; the engine's own default where it is absent. */
  readonly backend?: BackendChoice | undefined;
  /** Of a request that does not say; its seed is drawn for each. */
  readonly defaults: Omit<RequestDefaults, 'seed'>;
  /** Requests that may wait at a time; each holds a whole conversation. */
  readonly mostWaiting: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 to 2^32 - 1, another for each call. */
  readonly randomSeed: () => number;
  /** Differs from call to call. */
  readonly randomId: () => string;
}

/** One pair of models behind the API: requests run one after the other, in the order in which they came. */
export class PairApi implements ApiEngine {
  readonly #setup: PairApiSetup;
  /** null: not measured on what computes now, or the clocks here are too coarse to tell. */
  #calibration: Calibration | null = null;
  /** What computed when it was measured. */
  #measuredOn: string | null = null;
  /** Ends the measurement under way, for which no request waits. */
  #measuring: AbortController | null = null;
  #measured = false;
  /** Requests that run or wait. */
  #open = 0;

  constructor(setup: PairApiSetup) {
    this.#setup = setup;
  }

  /** Loads the pair, or what of it can be of use, and measures it; aborting `signal` ends both. @throws FailureError what kept it from loading; or the signal's reason */
  async load(report: (update: LoadProgress | ComputedBy | MemoryUpdate) => void, signal: AbortSignal): Promise<void> {
    const { engine, pair } = this.#setup;
    signal.throwIfAborted();
    signal.addEventListener('abort', () => this.stop(), { once: true });
    await engine.load({ type: 'load', ...this.#on(usablePair(pair)) }, report, signal);
    this.#measure();
  }

  /** Measures no more, as before the pair is unloaded. */
  stop(): void {
    this.#measured = true;
    this.#measuring?.abort();
  }

  async models(): Promise<readonly ApiModel[]> {
    return [modelOf(this.#setup.pair.target)];
  }

  defaults(): RequestDefaults {
    return { ...this.#setup.defaults, seed: this.#setup.randomSeed() };
  }

  async *run(input: RunInput, asked: RunSettings, signal: AbortSignal, further = false): AsyncGenerator<RunEvent | PlainNotice, void> {
    const { engine, mostWaiting } = this.#setup;
    if (!further && this.#open > mostWaiting)
      throw new ApiError(429, 'too_many_requests', `${mostWaiting} requests are waiting already. Send it again later.`);
    this.#open++;
    this.#measuring?.abort();
    try {
      const because = plainReason(this.#setup.pair, asked);
      if (because !== null) yield { type: 'plain', because };
      const settings = because === null ? asked : { ...asked, mode: 'plain' as const };
      const pair = settings.mode === 'plain' ? { ...this.#setup.pair, draft: null } : usablePair(this.#setup.pair);
      const measuredOn = this.#measuredOn === null ? {} : { measuredOn: this.#measuredOn };
      const task = { type: 'run', ...this.#on(pair), ...input, settings, calibration: this.#calibration, ...measuredOn } as const;
      for await (const update of runUpdates(engine, task, signal)) {
        if (update.type === 'computed-by') this.#forgetCostsOfOthers(update);
        else if (update.type !== 'progress' && update.type !== 'memory') yield update;
      }
    } finally {
      this.#open--;
      this.#measure();
    }
  }

  now(): number {
    return this.#setup.now();
  }

  randomId(): string {
    return this.#setup.randomId();
  }

  /** Costs of one device say nothing of another. */
  #forgetCostsOfOthers({ adapter }: ComputedBy): void {
    if (this.#measuredOn === null || this.#measuredOn === adapter) return;
    this.#calibration = this.#measuredOn = null;
    this.#measured = false;
  }

  #on(pair: PairSpec): { readonly pair: PairSpec; readonly backend?: BackendChoice } {
    const { backend } = this.#setup;
    return backend === undefined ? { pair } : { pair, backend };
  }

  /** Measures once what the pair costs, while no request is there; what fails in it is for the next request to say. */
  #measure(): void {
    const { engine } = this.#setup;
    const pair = usablePair(this.#setup.pair);
    if (this.#open > 0 || this.#measuring || this.#measured || !pair.target.rollsBack) return;
    const stop = new AbortController();
    this.#measuring = stop;
    const report = (update: LoadProgress | ComputedBy | CalibrationResult) => {
      if (update.type !== 'calibration') return;
      this.#calibration = update.calibration;
      this.#measuredOn = update.adapter;
      this.#measured = true;
    };
    const done = () => {
      this.#measuring = null;
    };
    const failed = () => {
      this.#measured ||= !stop.signal.aborted;
      done();
    };
    engine.calibrate({ type: 'calibrate', ...this.#on(pair) }, report, stop.signal).then(done, failed);
  }
}

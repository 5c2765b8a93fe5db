import { bytesOf, filesOf, modelsOf, type PairSpec } from '../catalog/spec';
import { formatBytes } from '../core/bytes';
import type { LoadProgress } from '../engine/tasks';

/** As web-llm reports how far a load is. */
export interface InitProgressReport {
  /** 0 to 1, which it reaches when everything is ready. */
  readonly progress: number;
  /** Seconds since the load began. */
  readonly timeElapsed: number;
  /** For a person. */
  readonly text: string;
}

/** How much of a load is the files; the rest is their libraries and pipelines. */
const FILES = 0.9;

/** Turns what the engine says of the models of a pair into one report for all of them, which never goes back. */
export class InitProgress {
  readonly #models = new Map<string, { readonly bytes: number; loaded: number; ready: boolean }>();
  readonly #clock: () => number;
  readonly #began: number;
  #reached = 0;

  /** @param clock milliseconds */
  constructor(pair: PairSpec, clock: () => number) {
    for (const model of modelsOf(pair))
      this.#models.set(model.id, { bytes: Math.max(1, bytesOf(filesOf(model))), loaded: 0, ready: false });
    this.#clock = clock;
    this.#began = clock();
  }

  report({ model, name, phase, loadedBytes, totalBytes, backend }: LoadProgress): InitProgressReport {
    const about = this.#models.get(model);
    if (about) {
      about.loaded = Math.min(about.bytes, loadedBytes);
      about.ready ||= phase === 'ready';
    }
    const all = [...this.#models.values()];
    const sum = (of: (each: (typeof all)[number]) => number) => all.reduce((total, each) => total + of(each), 0);
    const loaded = sum((each) => (each.ready ? each.bytes : each.loaded)) / sum((each) => each.bytes);
    this.#reached = Math.max(this.#reached, FILES * loaded + ((1 - FILES) * sum((each) => Number(each.ready))) / all.length);
    const doing = {
      downloading: `Fetching ${name}: ${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}`,
      converting: `Converting the weights of ${name}: ${formatBytes(loadedBytes)} of ${formatBytes(totalBytes)}`,
      checking: `Loading ${name} from the browser's storage`,
      preparing: `Preparing ${name} on ${backend === 'cpu' ? 'the CPU' : 'WebGPU'}`,
      ready: `${name} is ready`,
    };
    return this.#at(Math.min(this.#reached, 0.99), `${doing[phase]}.`);
  }

  /** @param adapter what the models run on */
  finished(adapter: string): InitProgressReport {
    return this.#at(1, `Finish loading on ${adapter}`);
  }

  #at(progress: number, text: string): InitProgressReport {
    return { progress, timeElapsed: (this.#clock() - this.#began) / 1000, text };
  }
}

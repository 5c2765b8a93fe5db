/** Threads that compute with the same kernels in the same memory; kernels.cc says how they share the work. */
import type { ModelConfig } from '../weights';

/** Most that compute a model where nobody says how many. Two take half to four fifths of the time of one (docs/measurements.md, Threads); more were not measured. */
export const USUAL_THREADS = 2;

/** Weights of the widest product of a layer from which on threads compute a model: those of the embedded target, which gains by them. Its draft has 128 by 512, a pass of 0.1 ms. */
const LEAST_WEIGHTS = 256 * 1536;

/** What a thread needs to begin. */
export interface ThreadSetup {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The address at which its stack ends; it grows down. */
  readonly stack: number;
  /** From 1 on; 0 is the thread that has the models. */
  readonly thread: number;
}

export interface Thread {
  end(): void;
}

/** What is told of a thread, never before its start has returned. */
export interface ThreadEvents {
  /** It computes from now on. */
  begun(): void;
  /** It failed, or ended; perhaps before it computed. */
  lost(): void;
}

/** How threads are had, which a browser and Node do in ways of their own. */
export interface Threads {
  /** How many compute together at most, with the one that has the models. */
  readonly count: number;
  /** Whether a person said how many: then they compute every model, however small. */
  readonly areChosen: boolean;
  /** Starts one that does `serve`. @throws where none can start */
  start(setup: ThreadSetup, events: ThreadEvents): Thread;
}

/** Weights of a model's widest product from which on `threads` compute it. */
const leastWeights = ({ areChosen }: Threads) => (areChosen ? 0 : LEAST_WEIGHTS);

/** How many of `threads` a model may have. */
export function threadsFor({ hidden_size: hidden, intermediate_size: inner }: ModelConfig['model_config'], threads: Threads): number {
  return hidden * 2 * inner >= leastWeights(threads) ? threads.count : 1;
}

/** What `threads` is called in names of what was measured with them: how many compute which models. */
export function nameOf(threads: Threads): string {
  return `${threads.count} threads from ${leastWeights(threads)} weights on`;
}

/**
 * What a thread does until it is ended; it hears nothing else. Node runs the text of this function, so it uses nothing from outside.
 *
 * @param begun is called before the first part of a task
 * @throws what ends it within a part, which the others then do without
 */
export function serve({ module, memory, stack, thread }: ThreadSetup, begun: () => void): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = exports as { __stack_pointer: WebAssembly.Global<'i32'>; help(thread: number): void; fail(): void };
  kernels.__stack_pointer.value = stack;
  begun();
  try {
    kernels.help(thread);
  } catch (error) {
    kernels.fail();
    throw error;
  }
}

/** Threads that compute with the same kernels in the same memory; kernels.cc says how they share the work. */

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

/** How threads are had, which a browser and Node do in ways of their own. */
export interface Threads {
  /** How many compute together at most, with the one that has the models. */
  readonly count: number;
  /** Starts one that does `serve`. @returns once it computes. @throws where it does not */
  start(setup: ThreadSetup): Promise<Thread>;
}

/**
 * What a thread does until it is ended; it hears nothing else. Node runs the text of this function, so it uses nothing from outside.
 *
 * @param begun is called before the first part of a task
 */
export function serve({ module, memory, stack, thread }: ThreadSetup, begun: () => void): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { __stack_pointer: pointer, help } = exports as { __stack_pointer: WebAssembly.Global<'i32'>; help(thread: number): void };
  pointer.value = stack;
  begun();
  help(thread);
}

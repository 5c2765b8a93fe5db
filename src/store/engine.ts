import type { AskPerson } from '../core/person';
import { perform } from '../worker/client';
import type { Task, Update } from '../worker/protocol';

/** Whoever carries out tasks: the worker in the page, a model in memory in a test. */
export interface Engine {
  /** @param ask answers for the person in a run that a person drafts; without it every question is passed */
  perform(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Update, void>;
  /** Gets ready for a first task. */
  warmUp?(): void;
}

let engine: Engine = workerEngine();

/** Replaces the engine, for every task from now on. */
export function connectEngine(next: Engine): void {
  engine = next;
}

/** @throws FailureError what the engine could not do */
export function performTask(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Update, void> {
  return engine.perform(task, signal, ask);
}

/** Tells the engine that a task will come. */
export function warmUpEngine(): void {
  engine.warmUp?.();
}

/** Starts the worker with its first task at the latest, and a new one after it has crashed. */
function workerEngine(): Engine {
  let worker: Worker | null = null;
  return {
    perform(task, signal, ask) {
      worker ??= start();
      return perform(worker, task, signal, ask);
    },
    warmUp() {
      worker ??= start();
    },
  };

  function start(): Worker {
    const started = new Worker(new URL('../worker/engine.worker.ts', import.meta.url), { type: 'module' });
    started.addEventListener('error', () => {
      started.terminate();
      if (worker === started) worker = null;
    });
    return started;
  }
}

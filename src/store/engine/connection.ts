import type { AskPerson } from '../../core/loop/person';
import type { Task, Update } from '../../engine/tasks';
import { ENDED, perform } from '../../worker/client';

/** Whoever carries out tasks: the worker in the page, a model in memory in a test. */
export interface Engine {
  /** @param ask answers for the person in a run that a person drafts; without it every question is passed */
  perform(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Update, void>;
  /** Gets ready for a first task. */
  warmUp?(): void;
}

const whenLost = new Set<() => void>();

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

/** Calls `forget` whenever the engine is lost with all that it held. */
export function whenEngineIsLost(forget: () => void): void {
  whenLost.add(forget);
}

/**
 * Starts the worker with its first task at the latest, and a new one after it has crashed or was ended.
 *
 * @param start makes a worker that answers as `worker/host.ts` does
 */
export function workerEngine(start: () => Worker = startWorker): Engine {
  let worker: Worker | null = null;
  const current = () => {
    if (worker) return worker;
    const started = start();
    const lost = () => {
      started.terminate();
      if (worker !== started) return;
      worker = null;
      for (const forget of whenLost) forget();
    };
    started.addEventListener('error', lost);
    started.addEventListener(ENDED, lost);
    worker = started;
    return started;
  };
  return {
    perform: (task, signal, ask) => perform(current(), task, signal, ask),
    warmUp: () => void current(),
  };
}

function startWorker(): Worker {
  return new Worker(new URL('../../worker/engine.worker.ts', import.meta.url), { type: 'module' });
}

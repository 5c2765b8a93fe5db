import type { AskPerson } from '../../core/loop/person';
import type { ComputedBy, Task, Update } from '../../engine/tasks';
import { BACKEND } from '../../formats/settings';
import { ENDED, sendToWorker } from '../../worker/client';
import { useBackend } from './backend';
import { backendOfWork } from './work';

/** What carries out tasks: the worker in the page, a model in memory in a test. */
export interface EngineConnection {
  /** @param ask answers for the person in a run that a person drafts; without it every question is passed */
  send(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Update, void>;
  /** Gets ready for a first task. */
  warmUp?(): void;
}

const whenLost = new Set<() => void>();

let connection: EngineConnection = workerEngine();

/** Replaces the engine, for every task from now on. */
export function connectEngine(next: EngineConnection): void {
  connection = next;
}

/** @throws FailureError what the engine could not do */
export async function* sendTask(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Exclude<Update, ComputedBy>, void> {
  const backend = backendOfWork();
  const asked = ('pair' in task || task.type === 'import') && backend !== BACKEND.default ? { ...task, backend } : task;
  for await (const update of connection.send(asked, signal, ask)) {
    if (update.type !== 'computed-by') yield update;
    else if ('pair' in task) useBackend.setState({ computedBy: { ...update, target: task.pair.target.id } });
  }
}

/** Tells the engine that a task will come. */
export function warmUpEngine(): void {
  connection.warmUp?.();
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
export function workerEngine(start: () => Worker = startWorker): EngineConnection {
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
    send: (task, signal, ask) => sendToWorker(current(), task, signal, ask),
    warmUp: () => void current(),
  };
}

function startWorker(): Worker {
  return new Worker(new URL('../../worker/engine.worker.ts', import.meta.url), { type: 'module' });
}

import type { Engine, Task, Update } from '../engine/tasks';
import { sendToWorker, type TaskWorker } from '../worker/client';

/** What runs tasks: an engine in this thread, or one behind a worker's messages. */
export type TaskEngine = Pick<Engine, 'load' | 'calibrate' | 'run' | 'unload'>;

/** The engine of `worker`, whose script hands what it is sent to a `SpeculativeWorkerHandler`. */
export function engineOf(worker: TaskWorker): TaskEngine {
  const send = async <Told extends Update>(task: Task, report: (update: Told) => void, signal: AbortSignal) => {
    for await (const update of sendToWorker(worker, task, signal)) report(update as Told);
  };
  return {
    load: (task, report, signal) => send(task, report, signal),
    calibrate: (task, report, signal) => send(task, report, signal),
    run: (task, report, signal) => send(task, report, signal),
    unload: (task, signal) => send(task, () => undefined, signal),
  };
}

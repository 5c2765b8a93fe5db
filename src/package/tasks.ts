import type * as webllm from '@mlc-ai/web-llm';
import { browserEngine } from '../engine/browserEngine';
import type { Engine, Task, Update } from '../engine/tasks';
import { importEngine } from '../model/webllm/loader';
import { sendToWorker, type TaskWorker } from '../worker/client';

/** What runs tasks: an engine in this thread, or one behind a worker's messages. */
export interface TaskEngine extends Pick<Engine, 'load' | 'calibrate' | 'run' | 'unload'> {
  /** Of web-llm's messages, where the engine runs. */
  setLogLevel(level: webllm.LogLevel): void;
}

/** What a worker of ours is told besides tasks. */
export interface LogLevelMessage {
  readonly type: 'log-level';
  readonly level: webllm.LogLevel;
}

/** An engine in this thread. */
export function pageTasks(): TaskEngine {
  const engine = browserEngine();
  return {
    load: (...task) => engine.load(...task),
    calibrate: (...task) => engine.calibrate(...task),
    run: (...task) => engine.run(...task),
    unload: (...task) => engine.unload(...task),
    setLogLevel: setWebLlmLevel,
  };
}

/** The engine of `worker`, whose script hands what it is sent to a `SpeculativeWorkerHandler`. */
export function workerTasks(worker: TaskWorker): TaskEngine {
  const send = async <Told extends Update>(task: Task, report: (update: Told) => void, signal: AbortSignal) => {
    for await (const update of sendToWorker(worker, task, signal)) report(update as Told);
  };
  return {
    load: (task, report, signal) => send(task, report, signal),
    calibrate: (task, report, signal) => send(task, report, signal),
    run: (task, report, signal) => send(task, report, signal),
    unload: (task, signal) => send(task, () => undefined, signal),
    setLogLevel: (level) => worker.postMessage({ type: 'log-level', level } satisfies LogLevelMessage),
  };
}

/** web-llm has one level for all its engines, and sets it when it makes one. */
export function setWebLlmLevel(logLevel: webllm.LogLevel): void {
  importEngine().then(
    ({ MLCEngine }) => new MLCEngine({ logLevel }),
    () => undefined,
  );
}

import type { AskPerson } from '../../../src/core/loop/person';
import { PairEngine } from '../../../src/engine/engine';
import type { PairLoader } from '../../../src/engine/pair';
import type { RunTask, Task, Update } from '../../../src/engine/tasks';
import { type EngineConnection, workerEngine } from '../../../src/store/engine/connection';
import { PageWorker } from './pageWorker';

/** The product's engine, its host and its client, over made-up pairs and in the page's own thread; it notes what it is asked. */
export class PageEngine implements EngineConnection {
  readonly tasks: Task[] = [];
  readonly #worker: EngineConnection;

  /** @param clock milliseconds, of the time that the pairs take */
  constructor(pairs: PairLoader, clock: () => number) {
    this.#worker = workerEngine(() => new PageWorker(new PairEngine(pairs, clock)));
  }

  get runs(): readonly RunTask[] {
    return this.tasks.filter((task) => task.type === 'run');
  }

  send(task: Task, signal?: AbortSignal, ask?: AskPerson): AsyncGenerator<Update, void> {
    this.tasks.push(task);
    return this.#worker.send(task, signal, ask);
  }
}

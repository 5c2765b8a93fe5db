import type { AskPerson } from '../../../src/core/loop/person';
import { PairEngine } from '../../../src/engine/engine';
import { BROWSER_PORTS, type DeviceLimits } from '../../../src/engine/ownPorts';
import type { PairLoader } from '../../../src/engine/pair';
import type { Engine, RunTask, Task, Update } from '../../../src/engine/tasks';
import type { EngineConnection } from '../../../src/store/engine/connection';
import { aborted } from './fakePairs';

/** The product's engine over made-up pairs, in the page's own thread; it notes what it is asked. */
export class PageEngine implements EngineConnection {
  readonly tasks: Task[] = [];
  /** What models of a person's own would run on. */
  device: DeviceLimits | null = { features: new Set(), bindingBytes: 2 ** 30, memoryBytes: null, software: false };
  readonly #engine: Engine;

  /** @param clock milliseconds, of the time that the pairs take */
  constructor(pairs: PairLoader, clock: () => number) {
    this.#engine = new PairEngine(pairs, clock, { ...BROWSER_PORTS, device: async () => this.device });
  }

  get runs(): readonly RunTask[] {
    return this.tasks.filter((task) => task.type === 'run');
  }

  /** As with a worker, what is left before its end is stopped, and a stop passes for a person who is waited for. */
  async *send(task: Task, signal?: AbortSignal, ask: AskPerson = async () => null): AsyncGenerator<Update, void> {
    this.tasks.push(task);
    const left = new AbortController();
    const stopped = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    // In the order in which a worker's messages come: a question comes after every update before it.
    const inbox: (Update | (() => void))[] = [];
    let wake = () => {};
    const receive = (message: Update | (() => void)) => {
      inbox.push(message);
      wake();
    };
    const askInTurn: AskPerson = (question) =>
      new Promise((resolve) => {
        receive(() => void ask(question).then(resolve));
        void aborted(stopped).then(() => resolve(null));
      });
    let hasEnded = false;
    const work = begin(this.#engine, task, receive, stopped, askInTurn).finally(() => {
      hasEnded = true;
      wake();
    });
    work.catch(() => undefined);
    try {
      while (!hasEnded || inbox.length > 0) {
        const message = inbox.shift();
        if (typeof message === 'function') message();
        else if (message) yield message;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      await work;
    } finally {
      left.abort();
    }
  }
}

function begin(engine: Engine, task: Task, report: (update: Update) => void, signal: AbortSignal, ask: AskPerson): Promise<void> {
  if (task.type === 'load') return engine.load(task, report, signal);
  if (task.type === 'calibrate') return engine.calibrate(task, report, signal);
  if (task.type === 'import') return engine.import(task, report, signal);
  if (task.type === 'remove') return engine.remove(task, signal);
  if (task.type === 'published') return engine.listPublished(task, report, signal);
  if (task.type === 'inspect') return engine.inspect(task, report, signal);
  if (task.type === 'fetch') return engine.fetch(task, report, signal);
  if (task.type === 'unload') return engine.unload(task, signal);
  return engine.run(structuredClone(task), report, signal, ask);
}

import type { Engine, Task } from '../../../src/engine/tasks';
import { answer } from '../../../src/worker/host';

/** A worker in the page's own thread: it answers as the engine's worker does, message by message, and ends by itself only. */
export class PageWorker extends EventTarget implements Worker {
  onerror = null;
  onmessage = null;
  onmessageerror = null;
  readonly #engine: Engine;

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  postMessage(task: Task, transferred: StructuredSerializeOptions | Transferable[] = []): void {
    const [port] = Array.isArray(transferred) ? transferred : (transferred.transfer ?? []);
    if (port instanceof MessagePort) void answer(this.#engine, structuredClone(task), port);
  }

  terminate(): void {
    throw new Error('What runs in the page cannot be ended from outside.');
  }
}

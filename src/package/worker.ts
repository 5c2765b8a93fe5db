/** foretoken/worker: the script of a dedicated worker in which the engine runs. */
import { browserEngine } from '../engine/browserEngine';
import type { Engine, Task } from '../engine/tasks';
import { answer } from '../worker/host';
import { type LogLevelMessage, setWebLlmLevel } from './tasks';

/**
 * Answers the page's `CreateWebWorkerSpeculativeEngine`:
 *
 *     const handler = new SpeculativeWorkerHandler();
 *     self.onmessage = (event) => handler.onmessage(event);
 */
export class SpeculativeWorkerHandler {
  readonly #engine: Engine = browserEngine();

  /** Takes any message; resolves when a task in it has ended. */
  async onmessage(event: Pick<MessageEvent, 'data' | 'ports'>): Promise<void> {
    const { data } = event as { data: Task | LogLevelMessage };
    const [port] = event.ports;
    if (port && data.type !== 'log-level') await answer(this.#engine, data, port);
    else if (data.type === 'log-level') setWebLlmLevel(data.level);
  }
}

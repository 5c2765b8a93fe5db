import type { Engine, Task } from '../../../src/engine/tasks';
import { answer } from '../../../src/worker/host';
import { FakeEngine } from './fakeEngine';

/** A worker on made-up models. One by the name of `stuck` computes without a pause, for ever, after the third round of a run. */
const made = new FakeEngine();
const engine: Engine = { load: carryOut, calibrate: carryOut, run: carryOut };

async function carryOut(task: Task, report: (update: never) => void, signal: AbortSignal): Promise<void> {
  for await (const update of made.send(task, signal)) {
    report(update as never);
    if (update.type !== 'round' || update.index < 2 || self.name !== 'stuck') continue;
    for (;;);
  }
}

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

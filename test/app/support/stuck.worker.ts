import { PairEngine } from '../../../src/engine/engine';
import type { Engine, Task } from '../../../src/engine/tasks';
import { answer } from '../../../src/worker/host';
import { fakePairs } from './fakeEngine';

/** A worker on made-up models. One by the name of `stuck` computes without a pause, for ever, after the third round of a run. */
const { pairs, clock } = fakePairs();
const made = new PairEngine(pairs, clock);
const engine: Engine = {
  load: (...task) => made.load(...task),
  calibrate: (...task) => made.calibrate(...task),
  import: (...task) => made.import(...task),
  remove: (...task) => made.remove(...task),
  listPublished: (task, report) => made.listPublished(task, report),
  inspect: (...task) => made.inspect(...task),
  fetch: (...task) => made.fetch(...task),
  unload: (...task) => made.unload(...task),
  run: (task, report, ...rest) => {
    const stuck: typeof report = (update) => {
      report(update);
      if (update.type !== 'round' || update.index < 2 || self.name !== 'stuck') return;
      for (;;);
    };
    return made.run(task, stuck, ...rest);
  },
};

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

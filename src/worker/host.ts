import { toFailure } from '../core/failure';
import type { AskPerson } from '../core/loop/person';
import type { Engine, Task, Update } from '../engine/tasks';
import type { FromPage, FromWorker } from './protocol';

/** Answers whatever tasks this worker is sent. */
export function answerAll(engine: Engine): void {
  self.onmessage = (event: MessageEvent<Task>) => {
    const [port] = event.ports;
    if (port) void answer(engine, event.data, port);
  };
}

/** Answers one task on its port: every update, then `done` or `failed`. `stop` on the port aborts the task's signal, and passes for the person. */
export async function answer(engine: Engine, task: Task, port: MessagePort): Promise<void> {
  const controller = new AbortController();
  const send = (message: FromWorker) => port.postMessage(message);
  const report = (update: Update) => send({ type: 'update', update });
  let answered: (text: string | null) => void = () => undefined;
  const ask: AskPerson = (question) =>
    new Promise((resolve) => {
      answered = resolve;
      if (controller.signal.aborted) resolve(null);
      else send({ type: 'question', question });
    });
  port.onmessage = ({ data }: MessageEvent<FromPage>) => {
    if (data.type === 'stop') {
      send({ type: 'heard', what: 'stop' });
      controller.abort();
    }
    answered(data.type === 'answer' ? data.text : null);
  };
  send({ type: 'heard', what: 'task' });
  try {
    if (task.type === 'load') await engine.load(task, report, controller.signal);
    else if (task.type === 'calibrate') await engine.calibrate(task, report, controller.signal);
    else if (task.type === 'import') await engine.import(task, report, controller.signal);
    else if (task.type === 'remove') await engine.remove(task, controller.signal);
    else if (task.type === 'published') await engine.listPublished(task, report, controller.signal);
    else if (task.type === 'inspect') await engine.inspect(task, report, controller.signal);
    else if (task.type === 'fetch') await engine.fetch(task, report, controller.signal);
    else if (task.type === 'unload') await engine.unload(task, controller.signal);
    else await engine.run(task, report, controller.signal, ask);
    send({ type: 'done' });
  } catch (error) {
    send({ type: 'failed', failure: toFailure(error) });
  }
}

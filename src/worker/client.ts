import { FailureError } from '../core/failure';
import type { AskPerson } from '../core/person';
import type { RunEvent } from '../core/types';
import type { FromPage, FromWorker, Task, Update } from './protocol';

/**
 * Hands `task` to the engine's worker and yields its updates as they come. Leaving the loop early or aborting `signal`
 * asks the worker to stop; after an abort the updates go on until the worker has stopped, so nothing measured is lost.
 *
 * @param ask answers for the person in a run that a person drafts; without it every question is passed
 * @throws FailureError what the worker could not do
 */
export async function* perform(
  worker: Worker,
  task: Task,
  signal?: AbortSignal,
  ask: AskPerson = async () => null,
): AsyncGenerator<Update, void> {
  const { port1: port, port2 } = new MessageChannel();
  const inbox: FromWorker[] = [];
  let wake = () => {};
  const receive = (message: FromWorker) => {
    inbox.push(message);
    wake();
  };
  const send = (message: FromPage) => port.postMessage(message);
  const stop = () => send({ type: 'stop' });
  const crashed = (event: ErrorEvent) => {
    receive({
      type: 'failed',
      failure: {
        code: 'internal',
        message: `The engine's worker failed: ${event.message || 'it could not be started'}`,
        hint: 'Run again: the models are loaded anew.',
      },
    });
  };
  port.onmessage = (event: MessageEvent<FromWorker>) => receive(event.data);
  worker.addEventListener('error', crashed);
  signal?.addEventListener('abort', stop);
  try {
    worker.postMessage(task, [port2]);
    if (signal?.aborted) stop();
    for (;;) {
      const message = inbox.shift();
      if (!message) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (message.type === 'update') yield message.update;
      else if (message.type === 'question') void ask(message.question).then((text) => send({ type: 'answer', text }));
      else if (message.type === 'done') return;
      else throw new FailureError(message.failure.code, message.failure.message, message.failure.hint);
    }
  } finally {
    stop();
    port.close();
    worker.removeEventListener('error', crashed);
    signal?.removeEventListener('abort', stop);
  }
}

/** Whether `update` is part of a run, rather than of what goes on around it. */
export function isRunEvent(update: Update): update is RunEvent {
  return update.type !== 'progress' && update.type !== 'calibration' && update.type !== 'memory';
}

import { type Failure, FailureError } from '../core/failure';
import type { AskPerson } from '../core/loop/person';
import type { RunEvent } from '../core/types';
import type { Task, Update } from '../engine/tasks';
import type { FromPage, FromWorker } from './protocol';

/** A worker that tasks can be sent to; of a service worker, which the browser ends, `terminate` does nothing. */
export type TaskWorker = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener' | 'removeEventListener' | 'dispatchEvent'>;

/** How often the page looks whether Stop was heard, and how many failed looks end the worker. Looks, not time: a page that slept has not looked. */
const LOOK = { everyMs: 1000, times: 10 } as const;

/** Workers that have answered: one that is still being fetched cannot hear, and is not given up for it. */
const awake = new WeakSet<TaskWorker>();

/**
 * Hands `task` to the engine's worker and yields its updates as they come. Leaving the loop early or aborting `signal`
 * asks the worker to stop; after an abort the updates go on until the worker has stopped, so nothing measured is lost. A worker that does not hear it
 * for ten seconds, or says that it is broken, is ended (`endWorker`).
 *
 * @param ask answers for the person in a run that a person drafts; without it every question is passed
 * @throws FailureError what the worker could not do, or engine-lost
 */
export async function* sendToWorker(
  worker: TaskWorker,
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
  const watch = new Watch(() => endWorker(worker, UNHEARD));
  const stop = () => {
    send({ type: 'stop' });
    if (awake.has(worker)) watch.begin();
  };
  const crashed = (event: ErrorEvent) => {
    const message = `The engine's worker failed: ${event.message || 'it could not be started'}`;
    receive({ type: 'failed', failure: { code: 'internal', message, hint: LOAD_AGAIN } });
  };
  const ended = (event: Event) => receive({ type: 'failed', failure: (event as CustomEvent<Failure>).detail });
  port.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    awake.add(worker);
    if (data.type !== 'heard') receive(data);
    else if (data.what === 'stop') watch.end();
    const failure = failureOf(data);
    if (failure?.code === 'engine-lost') endWorker(worker, failure);
  };
  worker.addEventListener('error', crashed);
  worker.addEventListener(ENDED, ended);
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
      } else if (message.type === 'update') {
        yield message.update;
        if (failureOf(message)?.code === 'engine-lost') return;
      } else if (message.type === 'question') void ask(message.question).then((text) => send({ type: 'answer', text }));
      else if (message.type === 'done') return;
      else if (message.type === 'failed') throw new FailureError(message.failure.code, message.failure.message, message.failure.hint);
    }
  } finally {
    watch.end();
    send({ type: 'stop' });
    port.close();
    worker.removeEventListener('error', crashed);
    worker.removeEventListener(ENDED, ended);
    signal?.removeEventListener('abort', stop);
  }
}

/** The event of a worker that the page has ended; its detail is the failure. */
export const ENDED = 'ended';

/** Ends a worker that can do no more, and every task that it has, by `failure`. */
function endWorker(worker: TaskWorker, failure: Failure): void {
  worker.terminate();
  worker.dispatchEvent(new CustomEvent(ENDED, { detail: failure }));
}

const LOAD_AGAIN = 'Run again: the models load again.';

const UNHEARD: Failure = {
  code: 'engine-lost',
  message: `The engine has not answered Stop for ${(LOOK.everyMs * LOOK.times) / 1000} seconds, so the page has ended it.`,
  hint: LOAD_AGAIN,
};

/** Waits for a word that Stop was heard. */
class Watch {
  readonly #unheard: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(unheard: () => void) {
    this.#unheard = unheard;
  }

  begin(): void {
    let looks = 0;
    this.#timer ??= setInterval(() => {
      if (++looks < LOOK.times) return;
      this.end();
      this.#unheard();
    }, LOOK.everyMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

/** Why a task, or the run in it, has failed. */
function failureOf(message: FromWorker): Failure | null {
  if (message.type === 'failed') return message.failure;
  if (message.type !== 'update' || message.update.type !== 'end' || message.update.reason !== 'failed') return null;
  return message.update.failure;
}

const AROUND: ReadonlySet<string> = new Set([
  'progress',
  'computed-by',
  'calibration',
  'memory',
  'import',
  'imported',
  'published',
  'inspected',
  'fetching',
] satisfies Update['type'][]);

/** Whether `update` is part of a run, rather than of what goes on around it. */
export function isRunEvent(update: Update): update is RunEvent {
  return !AROUND.has(update.type);
}

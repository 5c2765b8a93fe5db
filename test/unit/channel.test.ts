import { afterEach, describe, expect, it, vi } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent } from '../../src/core/types';
import type { Engine, LoadProgress, RunTask, Task, Update } from '../../src/engine/tasks';
import { sendToWorker } from '../../src/worker/client';
import { answer } from '../../src/worker/host';
import { shippedPair } from '../support/shipped';

const task: RunTask = {
  type: 'run',
  pair: shippedPair('draft'),
  turns: [],
  prompt: 'Tell me.',
  settings: { ...DEFAULT_RUN, mode: 'plain', maxTokens: 3 },
  calibration: null,
};
const progress: LoadProgress = {
  type: 'progress',
  model: 'm',
  name: 'M',
  phase: 'downloading',
  loadedBytes: 1,
  totalBytes: 2,
  backend: 'webgpu',
};
const end: RunEvent = { type: 'end', reason: 'aborted', endMs: 1 };

const unused = () => Promise.reject(new Error('not asked for'));

/** The page's side of a worker whose other side is `engine`, over real message channels. */
function workerOf(answers: Partial<Engine>) {
  const engine: Engine = {
    ...{ load: unused, calibrate: unused, run: unused, import: unused, remove: unused, unload: unused },
    ...{ listPublished: unused, inspect: unused, fetch: unused },
    ...answers,
  };
  const tasks: Task[] = [];
  const target = new EventTarget();
  const answered: Promise<void>[] = [];
  const terminated = vi.fn();
  const worker = Object.assign(target, {
    terminate: terminated,
    postMessage(sent: Task, [port]: [MessagePort]) {
      tasks.push(structuredClone(sent));
      answered.push(answer(engine, sent, port).finally(() => port.close()));
    },
  }) as unknown as Worker;
  const crash = (message: string) => target.dispatchEvent(Object.assign(new Event('error'), { message }));
  return { worker, tasks, answered, crash, terminated };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

async function collect(updates: AsyncGenerator<Update, void>): Promise<Update[]> {
  const all: Update[] = [];
  for await (const update of updates) all.push(update);
  return all;
}

describe('a task between page and worker', () => {
  it('brings every update in order, then ends', async () => {
    const sent: LoadProgress[] = Array.from({ length: 50 }, (_, i) => ({ ...progress, loadedBytes: i }));
    const { worker, tasks } = workerOf({
      async run(_, report) {
        for (const update of sent) {
          report(update);
          if (update.type === 'progress' && update.loadedBytes % 7 === 0) await Promise.resolve();
        }
      },
    });
    expect(await collect(sendToWorker(worker, task))).toEqual(sent);
    expect(tasks).toEqual([task]);
  });

  it('gives load tasks to load', async () => {
    const { worker } = workerOf({ load: async (_, report) => report(progress), run: unused });
    expect(await collect(sendToWorker(worker, { type: 'load', pair: task.pair }))).toEqual([progress]);
  });

  it('throws what the engine could not do, with its code and hint', async () => {
    const { worker } = workerOf({
      async run(_, report) {
        report(progress);
        throw new FailureError('file-missing', 'It is not there.', 'Put it there.');
      },
    });
    const updates = sendToWorker(worker, task);
    expect((await updates.next()).value).toEqual(progress);
    const thrown = await updates.next().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(FailureError);
    expect((thrown as FailureError).failure).toEqual({ code: 'file-missing', message: 'It is not there.', hint: 'Put it there.' });
  });

  it('goes on after an abort until the engine has stopped', async () => {
    const { worker } = workerOf({
      async run(_, report, signal) {
        report(progress);
        await untilAborted(signal);
        report(end);
      },
    });
    const controller = new AbortController();
    const updates = sendToWorker(worker, task, controller.signal);
    await updates.next();
    controller.abort();
    expect(await collect(updates)).toEqual([end]);
  });

  it('reaches the engine when it was aborted before it began', async () => {
    const { worker } = workerOf({
      async run(_, report, signal) {
        await untilAborted(signal);
        report(end);
      },
    });
    expect(await collect(sendToWorker(worker, task, AbortSignal.abort()))).toEqual([end]);
  });

  it('asks the engine to stop when the page stops listening', async () => {
    const { worker, answered } = workerOf({
      async run(_, report, signal) {
        report(progress);
        await untilAborted(signal);
      },
    });
    for await (const _ of sendToWorker(worker, task)) break;
    await Promise.all(answered);
    expect(answered).toHaveLength(1);
  });

  it('fails clearly when the worker itself breaks', async () => {
    const { worker, crash } = workerOf({ load: unused, run: (_, __, signal) => untilAborted(signal) });
    const updates = collect(sendToWorker(worker, task));
    crash('the script could not be read');
    await expect(updates).rejects.toMatchObject({
      failure: {
        code: 'internal',
        message: expect.stringContaining('the script could not be read'),
        hint: 'Run again: the models load again.',
      },
    });
  });

  it('asks the person before the page, who may pass, and takes nobody for one where none is there', async () => {
    const heard: (string | null)[] = [];
    const { worker } = workerOf({
      async run(_, report, __, ask) {
        for (const most of [4, 2, 1]) heard.push(await ask({ most }));
        report(end);
      },
    });
    const asked: number[] = [];
    const person = async ({ most }: { most: number }) => {
      asked.push(most);
      return most === 2 ? null : ` ${most} words`;
    };
    expect(await collect(sendToWorker(worker, task, undefined, person))).toEqual([end]);
    expect(asked).toEqual([4, 2, 1]);
    await collect(sendToWorker(worker, task));
    expect(heard).toEqual([' 4 words', null, ' 1 words', null, null, null]);
  });

  it('passes for a person who is waited for when it is stopped', async () => {
    const heard: (string | null)[] = [];
    const { worker } = workerOf({
      async run(_, report, __, ask) {
        heard.push(await ask({ most: 4 }), await ask({ most: 4 }));
        report(end);
      },
    });
    const controller = new AbortController();
    const never = () => {
      controller.abort();
      return new Promise<string>(() => undefined);
    };
    expect(await collect(sendToWorker(worker, task, controller.signal, never))).toEqual([end]);
    expect(heard).toEqual([null, null]);
  });

  it('keeps tasks apart that run at once', async () => {
    const { worker } = workerOf({
      load: async (_, report) => report(progress),
      async run(_, report, signal) {
        await untilAborted(signal);
        report(end);
      },
    });
    const controller = new AbortController();
    const running = collect(sendToWorker(worker, task, controller.signal));
    expect(await collect(sendToWorker(worker, { type: 'load', pair: task.pair }))).toEqual([progress]);
    controller.abort();
    expect(await running).toEqual([end]);
  });

  it('ends the worker, and all that it was asked for, when a run says that it is broken', async () => {
    const failure = { code: 'engine-lost', message: 'The matcher broke.', hint: 'Run again.' } as const;
    const failed: RunEvent = { type: 'end', reason: 'failed', failure, endMs: 1 };
    const { worker, terminated } = workerOf({ load: (_, __, signal) => untilAborted(signal), run: async (_, report) => report(failed) });
    const loading = collect(sendToWorker(worker, { type: 'load', pair: task.pair }));
    expect(await collect(sendToWorker(worker, task))).toEqual([failed]);
    expect(terminated).toHaveBeenCalledOnce();
    await expect(loading).rejects.toMatchObject({ failure });
  });
});

describe('a worker that is asked to stop', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is given up neither while it is still being fetched nor once it has heard', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const fetched = Object.assign(new EventTarget(), { postMessage: () => undefined, terminate: vi.fn() });
    const waiting = collect(sendToWorker(fetched as unknown as Worker, task, AbortSignal.abort()));
    let finish = () => {};
    const slow = workerOf({
      run: async (_, report) => {
        report(progress);
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
    });
    const controller = new AbortController();
    const running = sendToWorker(slow.worker, task, controller.signal);
    await running.next();
    controller.abort();
    // Until its word that it has heard is here.
    await new Promise((resolve) => setTimeout(resolve, 20));
    vi.advanceTimersByTime(600_000);
    expect(fetched.terminate).not.toHaveBeenCalled();
    expect(slow.terminated).not.toHaveBeenCalled();
    finish();
    expect(await collect(running)).toEqual([]);
    fetched.dispatchEvent(Object.assign(new Event('error'), { message: 'gone' }));
    await expect(waiting).rejects.toThrow('gone');
  });
});

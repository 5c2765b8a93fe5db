import type { PersonQuestion } from '../core/loop/person';
import type { RunEvent } from '../core/types';
import type { ComputedBy, Engine, LoadProgress, MemoryUpdate, RunTask } from './tasks';

/** What an engine reports about a run, one after the other. */
export type RunUpdate = LoadProgress | ComputedBy | MemoryUpdate | RunEvent;

/**
 * Runs `task` on `engine` and yields its updates as they come. Leaving the loop early, or aborting `signal`, stops the run; after an abort the updates go on
 * until it has ended.
 *
 * @throws FailureError what the engine could not do before the run started
 */
export async function* runUpdates(engine: Pick<Engine, 'run'>, task: RunTask, signal: AbortSignal): AsyncGenerator<RunUpdate, void> {
  const leaving = new AbortController();
  const waiting: RunUpdate[] = [];
  let ended = false;
  let wake = () => {};
  const report = (update: RunUpdate) => {
    waiting.push(update);
    wake();
  };
  const nobody = async (_question: PersonQuestion) => null;
  const running = engine.run(task, report, AbortSignal.any([signal, leaving.signal]), nobody).finally(() => {
    ended = true;
    wake();
  });
  running.catch(() => undefined);
  try {
    for (;;) {
      const update = waiting.shift();
      if (update) yield update;
      else if (ended) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    await running;
  } finally {
    leaving.abort();
    await running.catch(() => undefined);
  }
}

import type { AskPerson } from '../../../src/core/loop/person';
import type { RunEvent, RunSettings } from '../../../src/core/types';
import type { RunTask, Turn } from '../../../src/engine/tasks';
import { isRunEvent, sendToWorker } from '../../../src/worker/client';

export const modelsUrl = new URL('/models/', location.href).href;

/** Who takes part in a run besides the models. */
interface Audience {
  readonly ask?: AskPerson;
  /** Told of all that has come so far. */
  readonly arrived?: (events: RunEvent[]) => void;
  readonly signal?: AbortSignal;
}

/** The events of one run on an engine's worker. */
export async function runOnWorker(
  worker: Worker,
  draft: string,
  prompt: string,
  settings: RunSettings,
  turns: readonly Turn[] = [],
  { ask, arrived, signal }: Audience = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const task: RunTask = { type: 'run', selection: { modelsUrl, draft }, turns, prompt, settings, calibration: null };
  for await (const update of sendToWorker(worker, task, signal, ask)) {
    if (!isRunEvent(update)) continue;
    events.push(update);
    arrived?.(events);
  }
  return events;
}

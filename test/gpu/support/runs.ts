import type { RunEvent, RunSettings } from '../../../src/core/types';
import { perform } from '../../../src/worker/client';
import type { Turn } from '../../../src/worker/protocol';

export const modelsUrl = new URL('/models/', location.href).href;

/** The events of one run on an engine's worker. */
export async function performRun(
  worker: Worker,
  draft: string,
  prompt: string,
  settings: RunSettings,
  turns: readonly Turn[] = [],
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const update of perform(worker, {
    type: 'run',
    selection: { modelsUrl, draft },
    turns,
    prompt,
    settings,
    calibration: null,
  })) {
    if (update.type !== 'progress' && update.type !== 'calibration') events.push(update);
  }
  return events;
}

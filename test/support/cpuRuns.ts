import { vi } from 'vitest';
import type { PairSpec } from '../../src/catalog/spec';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent, RunSettings } from '../../src/core/types';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { PairEngine } from '../../src/engine/engine';
import type { RunTask } from '../../src/engine/tasks';
import { memoryStorage } from '../../src/storage/memory';
import { isRunEvent } from '../../src/worker/client';
import { fetchShipped } from './cpuApi';
import { shippedPair } from './shipped';

/** The shipped pair on this machine's CPU, its files served as they lie until the stubs of globals are taken away. */
export function cpuEngine(): PairEngine {
  vi.stubGlobal('fetch', fetchShipped);
  return new PairEngine(new CpuPairs(memoryStorage()), () => performance.now());
}

/** The events of one run on `engine`. */
export async function runOnCpu(
  engine: PairEngine,
  settings: Partial<RunSettings>,
  {
    prompt = 'Count from 1 to 30.',
    draft = 'draft' as string | null,
    spec = null as PairSpec | null,
    signal = new AbortController().signal,
    costs = { calibration: null } as Pick<RunTask, 'calibration' | 'measuredOn'>,
  } = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const task = { type: 'run', pair: spec ?? shippedPair(draft), turns: [], prompt, ...costs } as const;
  await engine.run(
    { ...task, settings: { ...DEFAULT_RUN, gamma: 4, maxTokens: 40, ...settings } },
    (update) => {
      if (isRunEvent(update)) events.push(update);
    },
    signal,
  );
  return events;
}

import { expect, it } from 'vitest';
import { outputText } from '../../../src/core/loop/text';
import { committedTokens, startOf } from '../../../src/core/run/tally';
import { DEFAULT_RUN } from '../../../src/core/settings';
import type { RunEvent } from '../../../src/core/types';
import { CpuPairs } from '../../../src/engine/cpuPairs';
import { PairEngine } from '../../../src/engine/engine';
import { BROWSER_CACHE } from '../../../src/storage/browserCache';
import { isRunEvent } from '../../../src/worker/client';
import { engineWorker, runOnWorker, shippedPair } from './runs';

const SETTINGS = { ...DEFAULT_RUN, gamma: 4, maxTokens: 32, ignoreStopTokens: true } as const;
const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

/** Tests that the pair writes on the CPU what it writes on the device: ids, text, and the prompt's own ids. */
export function testCpuIds(prompts: readonly string[]): void {
  it(`writes what it writes on the device, id for id, on ${prompts.length} prompts`, async () => {
    const engine = new PairEngine(new CpuPairs(BROWSER_CACHE), () => performance.now());
    for (const prompt of prompts) {
      const device = await runOnWorker(engineWorker(), 'draft', prompt, SETTINGS);
      const cpu: RunEvent[] = [];
      await engine.run(
        { type: 'run', pair: await shippedPair('draft'), turns: [], prompt, settings: SETTINGS, calibration: null },
        (update) => {
          if (isRunEvent(update)) cpu.push(update);
        },
        new AbortController().signal,
      );
      expect(ids(device)).toHaveLength(SETTINGS.maxTokens);
      expect(ids(cpu), prompt).toEqual(ids(device));
      expect(startOf(cpu)?.promptIds).toEqual(startOf(device)?.promptIds);
      expect(outputText(cpu)).toBe(outputText(device));
    }
  });
}

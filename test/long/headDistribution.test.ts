import { expect, it } from 'vitest';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import { chiSquareOfTwo } from '../../src/core/study/stats';
import type { RunSettings } from '../../src/core/types';
import { engineWorker, runTarget, tinyTarget } from '../gpu/support/runs';

const PROMPT = 'Tell me a story about a fox.';
const RUNS = 300;
const worker = engineWorker();

/** How often each beginning of three tokens was written, over as many seeds from `firstSeed` on. */
async function outcomes(settings: Partial<RunSettings>, firstSeed: number): Promise<Map<string, number>> {
  const pair = { target: await tinyTarget(), draft: 'tiny-head' };
  const counts = new Map<string, number>();
  for (let i = 0; i < RUNS; i++) {
    const sampling = { ...GREEDY, temperature: 0.8, topK: 4, seed: firstSeed + i };
    const whole = { ...DEFAULT_RUN, maxTokens: 3, ignoreStopTokens: true, sampling, ...settings };
    const text = committedTokens(await runTarget(worker, pair, PROMPT, whole))
      .map(({ id }) => id)
      .join();
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

it('a head leaves the distribution of what is written as it is, under rejection', async () => {
  const plain = await outcomes({ mode: 'plain' }, 1);
  expect(plain.size).toBeGreaterThan(5);
  expect(chiSquareOfTwo(plain, await outcomes({ gamma: 2 }, 10_001))?.pValue).toBeGreaterThan(0.001);
});

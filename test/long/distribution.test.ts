import { describe, expect, it } from 'vitest';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import { chiSquareOfTwo, totalVariation, totalVariationOfEqual } from '../../src/core/study/stats';
import type { RunSettings } from '../../src/core/types';
import { engineWorker, runOnWorker } from '../gpu/support/runs';
import { randomNumbers } from '../support/random';

const PROMPT = 'Tell me a story about a fox.';
const RUNS = 2000;
/** The first token comes from a plain round, so these hold drafted, rejected and corrected ones. */
const TOKENS = 4;
const worker = engineWorker();

/** How often each beginning of `TOKENS` tokens was written, over as many seeds from `firstSeed` on. */
async function outcomes(settings: Partial<RunSettings>, temperature: number, firstSeed: number, draft = 'weak-draft') {
  const counts = new Map<string, number>();
  for (let i = 0; i < RUNS; i++) {
    const sampling = { ...DEFAULT_RUN.sampling, temperature, seed: firstSeed + i };
    const whole = { ...DEFAULT_RUN, maxTokens: TOKENS, ignoreStopTokens: true, ...settings, sampling };
    const text = committedTokens(await runOnWorker(worker, draft, PROMPT, whole))
      .map(({ id }) => id)
      .join();
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

describe('what is written above temperature 0', () => {
  it('has the distribution of plain decoding, and another temperature’s is distinguished', async () => {
    const plain = await outcomes({ mode: 'plain' }, 0.8, 1);
    const speculative = await outcomes({ gamma: 3 }, 0.8, 1_000_001);
    const warmer = await outcomes({ mode: 'plain' }, 1.1, 2_000_001);
    const same = chiSquareOfTwo(plain, speculative);
    const different = chiSquareOfTwo(plain, warmer);
    const distance = totalVariation(plain, speculative);
    const allowed = totalVariationOfEqual(plain, speculative, randomNumbers(1), 0.999);
    console.log(JSON.stringify({ runs: RUNS, tokens: TOKENS, same, different, distance, allowed }));
    expect(same?.pValue).toBeGreaterThan(0.001);
    expect(distance).toBeLessThan(allowed);
    expect(different?.pValue).toBeLessThan(1e-6);
  });
});

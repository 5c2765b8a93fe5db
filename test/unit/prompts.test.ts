import { afterAll, describe, expect, it, vi } from 'vitest';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import { isTooShort, LEAST_TOKENS } from '../../src/core/study/experiment';
import { LEAST_REJECTED, sampleSettings, triedBy } from '../../src/core/study/proof';
import { beginningOf } from '../../src/core/study/sameDistribution';
import type { RunEvent } from '../../src/core/types';
import { PRESETS } from '../../src/features/prompt/presets';
import { EXPERIMENT_PROMPTS } from '../../src/store/modes/experimentPrompts';
import { useProof } from '../../src/store/modes/proof';
import { cpuEngine, runOnCpu } from '../support/cpuRuns';

// On the CPU, which writes what a device writes (test/gpu/cpu.test.ts).
const engine = cpuEngine();
afterAll(() => vi.unstubAllGlobals());

/** The most often that one word of `events`' list stands in a row. */
function longestRow(events: readonly RunEvent[]): number {
  const words = committedTokens(events)
    .map(({ text }) => text)
    .join('')
    .split(/[,\s]+/)
    .filter((word) => word !== '');
  let [longest, row] = [0, 0];
  words.forEach((word, i) => {
    row = word === words[i - 1] ? row + 1 : 1;
    longest = Math.max(longest, row);
  });
  return longest;
}

describe('the prompts of the experiment', () => {
  it('have answers of the real pair that end by themselves and are long enough for a rate', async () => {
    for (const { prompt } of EXPERIMENT_PROMPTS) {
      const events = await runOnCpu(engine, { maxTokens: 200 }, { prompt });
      expect(events.at(-1), prompt).toMatchObject({ type: 'end', reason: 'stop' });
      expect(isTooShort(events), prompt).toBe(false);
      expect(tally(events).committed, prompt).toBeGreaterThanOrEqual(LEAST_TOKENS);
    }
  });
});

describe('the examples that are hard for a weak draft', () => {
  const hard = PRESETS.flatMap(({ prompt, hard: set }) => (set ? [{ prompt, temperature: set.temperature }] : []));

  it.each(hard)(
    'are: the weak draft is wrong more often than right, and no word is written for ever: $prompt',
    async ({ prompt, temperature }) => {
      const sampling = { ...GREEDY, temperature, seed: 1 };
      const events = await runOnCpu(engine, { maxTokens: 160, sampling }, { prompt, draft: 'weak-draft' });
      expect(tally(events).acceptanceRate).toBeLessThan(0.5);
      expect(longestRow(events)).toBeLessThan(4);
    },
  );

  it('reject often enough for a proof of the default size: a sixth of it has a sixth of the rejections, and more', async () => {
    const { plan } = useProof.getState();
    const [{ prompt, temperature } = { prompt: '', temperature: 0 }] = hard;
    const settings = { ...DEFAULT_RUN, sampling: { ...GREEDY, temperature, seed: 1 } };
    const beginnings = [];
    for (let i = 0; i < plan.size / 6; i++) {
      const events = await runOnCpu(engine, sampleSettings(settings, plan, 'speculative', i), { prompt, draft: 'weak-draft' });
      const beginning = beginningOf(events, plan.tokens);
      if (beginning) beginnings.push(beginning);
    }
    expect(beginnings).toHaveLength(plan.size / 6);
    const { judged, rejected } = triedBy(beginnings);
    console.info(`${rejected} of ${judged} judged drafts were rejected in ${beginnings.length} runs`);
    expect(rejected).toBeGreaterThanOrEqual(LEAST_REJECTED / 6);
  });
});

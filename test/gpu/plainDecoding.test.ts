import { describe, expect, it } from 'vitest';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { DraftLimits, RunEvent, RunSettings, SamplingSettings } from '../../src/core/types';
import { engineWorker, runOnWorker } from './support/runs';

const PROMPT = 'Tell me a story about a fox.';
const TOKENS = 40;
const worker = engineWorker();

const together = (...lengths: number[]): DraftLimits[] => lengths.map((plain) => ({ model: 0, ngram: 0, plain }));

function run(gamma: readonly DraftLimits[], settings: Partial<RunSettings>, sampling: Partial<SamplingSettings> = {}): Promise<RunEvent[]> {
  return runOnWorker(worker, 'draft', PROMPT, {
    ...{ ...DEFAULT_RUN, mode: 'plain', gamma, maxTokens: TOKENS, ignoreStopTokens: true, ...settings },
    sampling: { ...GREEDY, ...sampling },
  });
}

/** What must not depend on how many tokens are read back together. */
const told = (events: readonly RunEvent[]) =>
  committedTokens(events).map(({ id, verdict, p, q, u, candidates }) => ({ id, verdict, p, q, u, candidates }));

const WAYS: readonly [string, Partial<RunSettings>, Partial<SamplingSettings>][] = [
  ['greedily', {}, {}],
  ['greedily, with candidates', { candidates: true }, {}],
  ['greedily, under a logit bias and penalties', {}, { logitBias: { 5: 3 }, repetitionPenalty: 1.3, frequencyPenalty: 0.4 }],
  ['by the coupled rule', {}, { temperature: 1, seed: 2 ** 40 + 3, rule: 'coupled' }],
  [
    'by the coupled rule, shaped and penalised',
    {},
    { temperature: 0.9, seed: 4, rule: 'coupled', topK: 40, topP: 0.95, presencePenalty: 0.5, frequencyPenalty: 0.7 },
  ],
  ['by the rejection rule', {}, { temperature: 1, seed: 9 }],
];

describe('plain tokens that are read back together', () => {
  it.each(WAYS)('are those that come one by one, with all that is told of them: %s', async (_, settings, sampling) => {
    const expected = told(await run(together(1), settings, sampling));
    expect(expected).toHaveLength(TOKENS);
    for (const lengths of [[16], [3, 7, 2], [5]]) {
      const events = await run(together(...lengths), settings, sampling);
      expect(told(events), `${lengths}`).toEqual(expected);
      const { readbacks, rounds, passes } = tally(events);
      expect(passes).toBe(TOKENS);
      expect(readbacks).toBe(rounds);
      expect(rounds).toBeLessThan(TOKENS / 2 + 2);
    }
  });

  it('end where a stop string does, and the next turn writes what it writes after single ones', async () => {
    const whole = committedTokens(await run(together(1), {}))
      .map(({ text }) => text)
      .join('');
    const stop = whole.trim().split(/\s+/).slice(3, 6).join(' ');
    const turnsAfter = async (gamma: readonly DraftLimits[]) => {
      const first = await run(gamma, { stopStrings: [stop] });
      const turns = [
        {
          question: PROMPT,
          answer: committedTokens(first)
            .map(({ text }) => text)
            .join(''),
          ids: committedTokens(first).map(({ id }) => id),
        },
      ];
      const settings: RunSettings = { ...DEFAULT_RUN, mode: 'plain', gamma, maxTokens: 12, ignoreStopTokens: true };
      return { first, second: await runOnWorker(worker, 'draft', 'And then?', settings, turns) };
    };
    const single = await turnsAfter(together(1));
    const several = await turnsAfter(together(16));
    expect(told(several.first)).toEqual(told(single.first));
    expect(several.first.at(-1)).toMatchObject({ reason: 'stop', stopString: stop });
    const { passes, committed } = tally(several.first);
    expect(passes).toBeGreaterThan(committed);
    const reused = (events: readonly RunEvent[]) => events.find((event) => event.type === 'prefill')?.reused;
    expect(reused(several.second)).toBe(reused(single.second));
    expect(reused(several.second)).toBeGreaterThan(0);
    expect(told(several.second)).toEqual(told(single.second));
  });

  it('come one by one where a grammar has to see each', async () => {
    const format = { type: 'grammar', grammar: 'root ::= "yes" | "no"' } as const;
    const [single, several] = await Promise.all([1, 16].map((plain) => run(together(plain), { format, ignoreStopTokens: false })));
    expect(told(several as RunEvent[])).toEqual(told(single as RunEvent[]));
    expect(tally(several as RunEvent[])).toMatchObject({ rounds: tally(several as RunEvent[]).passes });
  });
});

import { describe, expect, it } from 'vitest';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { RunEvent, RunSettings, RunToken, SamplingSettings } from '../../src/core/types';
import { engineWorker, runOnWorker } from './support/runs';

const PROMPT = 'Tell me a story about a fox.';
/** An answer in which much has been said before. */
const REPETITIVE = 'Repeat this: The red fox ran to the red barn. The red fox ran to the red house.';
const TOKENS = 40;
const worker = engineWorker();

/** @param gamma null: plain decoding */
async function run(
  sampling: Partial<SamplingSettings>,
  gamma: number | null,
  draft = 'draft',
  drafting: RunSettings['drafting'] = 'model',
  prompt = PROMPT,
): Promise<RunEvent[]> {
  const mode = gamma === null ? 'plain' : 'speculative';
  const settings = {
    ...DEFAULT_RUN,
    mode,
    gamma: gamma ?? 1,
    maxTokens: TOKENS,
    drafting,
    ignoreStopTokens: true,
    sampling: { ...GREEDY, ...sampling },
  } as const;
  const events = await runOnWorker(worker, draft, prompt, settings);
  expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'length' });
  return events;
}

const ids = (events: readonly RunEvent[]) => committedTokens(events).map((token) => token.id);
const tokensOf = (events: readonly RunEvent[]): RunToken[] => events.flatMap((event) => (event.type === 'round' ? event.tokens : []));

describe('the coupled rule', () => {
  it.each([
    [0.5, 1],
    [1, 2 ** 40 + 3],
  ])(
    'writes at temperature %d what plain decoding with the same seed writes, id for id, whatever draft and γ',
    async (temperature, seed) => {
      const sampling: Partial<SamplingSettings> = { temperature, seed, rule: 'coupled' };
      const expected = ids(await run(sampling, null));
      for (const draft of ['draft', 'weak-draft']) {
        for (const gamma of [1, 4, 16]) expect(ids(await run(sampling, gamma, draft)), `${draft}, γ ${gamma}`).toEqual(expected);
      }
    },
  );

  it('still does under penalties, a logit bias, top-k and top-p', async () => {
    const [often] = mostFrequent(ids(await run({}, null)));
    const sampling: Partial<SamplingSettings> = {
      temperature: 1,
      seed: 4,
      rule: 'coupled',
      topK: 40,
      topP: 0.95,
      presencePenalty: 0.5,
      frequencyPenalty: 0.3,
      repetitionPenalty: 1.1,
      logitBias: { [often as number]: -100 },
    };
    const expected = ids(await run(sampling, null));
    expect(expected).not.toContain(often);
    for (const gamma of [1, 4, 9]) expect(ids(await run(sampling, gamma)), `γ ${gamma}`).toEqual(expected);
  });
});

describe('drafts that are looked up', () => {
  it('leave the text as it is, greedy or coupled, at one readback a round', async () => {
    for (const sampling of [{}, { temperature: 0.3, seed: 5, rule: 'coupled' as const }]) {
      const expected = ids(await run(sampling, null, 'draft', 'model', REPETITIVE));
      for (const drafting of ['ngram', 'mixed'] as const) {
        const events = await run(sampling, 5, 'draft', drafting, REPETITIVE);
        expect(ids(events), drafting).toEqual(expected);
        const { readbacks, rounds, drafted } = tally(events);
        expect(readbacks).toBe(rounds);
        expect(drafted).toBeGreaterThan(0);
      }
    }
  });

  it('are judged under the rejection rule as certain guesses', async () => {
    const events = await run({ temperature: 0.8, seed: 2 }, 4, 'draft', 'ngram', REPETITIVE);
    const judged = tokensOf(events).filter(({ verdict }) => verdict === 'accepted' || verdict === 'rejected');
    expect(judged.length).toBeGreaterThan(0);
    for (const { verdict, p, q, u } of judged) {
      expect(q).toBe(1);
      expect(verdict === 'accepted').toBe((u as number) < (p as number));
    }
  });
});

describe('the rejection rule', () => {
  it('repeats a run from its seed, with one readback a round, and shows what decided every draft', async () => {
    const sampling: Partial<SamplingSettings> = { temperature: 0.9, seed: 7 };
    const events = await run(sampling, 4);
    expect(ids(await run(sampling, 4))).toEqual(ids(events));
    expect(ids(await run({ ...sampling, seed: 8 }, 4))).not.toEqual(ids(events));
    const { readbacks, rounds, drafted, accepted } = tally(events);
    expect(readbacks).toBe(rounds);
    expect(accepted).toBeGreaterThan(0);
    expect(accepted).toBeLessThan(drafted);
    for (const { id, verdict, p, q, u, candidates } of tokensOf(events)) {
      expect(candidates?.p.length).toBeGreaterThan(0);
      expect(candidates?.p.every((candidate) => candidate.text !== '' || candidate.id <= 2)).toBe(true);
      if (q === null) continue;
      expect(candidates?.q.some((candidate) => candidate.probability >= q)).toBe(true);
      if (verdict === 'accepted') expect((u as number) * q).toBeLessThan(p as number);
      if (verdict === 'rejected') expect((u as number) * q).toBeGreaterThanOrEqual((p as number) * (1 - 1e-6));
      const shown = candidates?.q.find((candidate) => candidate.id === id);
      if (shown) expect(shown.probability).toBeCloseTo(q, 6);
      else expect(candidates?.q.every((candidate) => candidate.probability >= q)).toBe(true);
    }
  });

  it('writes greedily where a temperature above 0 leaves one token', async () => {
    const greedy = ids(await run({}, null));
    expect(ids(await run({ temperature: 0.7, topK: 1, seed: 3 }, 4))).toEqual(greedy);
    expect(ids(await run({ temperature: 0.7, topK: 1, seed: 3, rule: 'coupled' }, 4))).toEqual(greedy);
  });
});

it('refuses what cannot be sampled by, naming the field, and runs afterwards', async () => {
  for (const [sampling, words] of [
    [{ temperature: -1 }, /Temperature is -1/],
    [{ temperature: 1, topP: 0 }, /Top-p is 0/],
    [{ temperature: 1, logitBias: { 2048: 1 } }, /logit bias’s token is 2048.*/],
    [{ temperature: 1, logitBias: { 5: 101 } }, /logit bias of token 5 is 101/],
  ] as const) {
    const settings = {
      ...DEFAULT_RUN,
      mode: 'plain',
      maxTokens: 2,
      ignoreStopTokens: true,
      sampling: { ...GREEDY, ...sampling },
    } as const;
    const rounds: unknown[] = [];
    const attempt = async () => {
      const events = await runOnWorker(worker, 'draft', PROMPT, settings);
      rounds.push(...events.filter(({ type }) => type === 'round'));
      const end = events.at(-1);
      if (end?.type === 'end' && end.reason === 'failed') throw new Error(end.failure.message);
    };
    await expect(attempt()).rejects.toThrow(words);
    expect(rounds).toEqual([]);
  }
  expect(ids(await run({}, 4))).toHaveLength(TOKENS);
});

function mostFrequent(list: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const id of list) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../src/catalog/spec';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { PairMemory, RunEvent, RunSettings, RunToken } from '../../src/core/types';
import { isRunEvent, sendToWorker } from '../../src/worker/client';
import { engineWorker, runOnWorker, shippedModel, shippedPair } from './support/runs';

const PROMPT = 'Tell me a story about a fox.';
const worker = engineWorker();

const run = (draft: string, settings: Partial<RunSettings>) =>
  runOnWorker(worker, draft, PROMPT, { ...DEFAULT_RUN, gamma: 4, maxTokens: 40, ignoreStopTokens: true, ...settings });
const ids = (events: readonly RunEvent[]) => committedTokens(events).map((token) => token.id);
const tokensOf = (events: readonly RunEvent[]): RunToken[] => events.flatMap((event) => (event.type === 'round' ? event.tokens : []));

describe('candidates of a greedy run', () => {
  it.each([['model'], ['ngram'], ['mixed']] as const)('come in the one readback and change no token, drafting by %s', async (drafting) => {
    const bare = await run('draft', { drafting });
    const rich = await run('draft', { drafting, candidates: true });
    expect(ids(rich)).toEqual(ids(bare));
    expect(tally(rich).readbacks).toBe(tally(rich).rounds);
    expect(tokensOf(bare).every(({ candidates }) => candidates === null)).toBe(true);
    for (const { verdict, id, p, q, candidates } of tokensOf(rich)) {
      expect(candidates?.p.length).toBeGreaterThan(0);
      expect(candidates?.residual).toEqual([]);
      const ordered = candidates?.p.map(({ probability }) => probability) ?? [];
      expect(ordered).toEqual([...ordered].sort((a, b) => b - a));
      // Every probability that is shown twice is the same.
      if (verdict !== 'rejected' && verdict !== 'discarded') expect(candidates?.p[0]).toMatchObject({ id, probability: p });
      if (verdict === 'accepted' || verdict === 'rejected') expect(candidates?.q[0]).toMatchObject({ id, probability: q });
      if (verdict === 'plain' || verdict === 'bonus') expect(candidates?.q).toEqual([]);
    }
  });

  it('come in plain decoding too', async () => {
    const rich = await run('draft', { mode: 'plain', candidates: true });
    expect(ids(rich)).toEqual(ids(await run('draft', { mode: 'plain' })));
    expect(tokensOf(rich).every(({ candidates, p }) => candidates?.p[0]?.probability === p && candidates.q.length === 0)).toBe(true);
  });
});

describe('the target as its own draft', () => {
  it('is always right, and writes what the target alone writes', async () => {
    const itself = await run('target', {});
    expect(ids(itself)).toEqual(ids(await run('draft', { mode: 'plain' })));
    const { accepted, drafted, readbacks, rounds } = tally(itself);
    expect(drafted).toBeGreaterThan(20);
    expect(accepted).toBe(drafted);
    expect(readbacks).toBe(rounds);
    for (const { verdict, p, q } of tokensOf(itself)) if (verdict === 'accepted') expect(q).toBe(p);
  });

  it('is always accepted above temperature 0 as well, and its cache is its own', async () => {
    const sampling = { ...GREEDY, temperature: 0.9, seed: 7 };
    const { accepted, drafted } = tally(await run('target', { sampling }));
    expect(accepted).toBe(drafted);
    // Back and forth.
    expect(ids(await run('draft', {}))).toEqual(ids(await run('target', {})));
  });
});

describe('the memory of a pair', () => {
  async function memoryOf(draft: string | null): Promise<PairMemory> {
    let memory: PairMemory | null = null;
    for await (const update of sendToWorker(worker, { type: 'load', pair: await shippedPair(draft) })) {
      if (!isRunEvent(update) && update.type === 'memory') memory = update.memory;
    }
    if (!memory) throw new Error('nothing was reported about the memory');
    return memory;
  }

  it('is told as it is allocated: weights a little larger than their files, and the larger cache of the larger model', async () => {
    const { target, draft, working } = await memoryOf('draft');
    const weights = async (id: string) => bytesOf((await shippedModel(id)).files.filter(({ name }) => name.endsWith('.bin')));
    for (const [allocated, served] of [
      [target.weights, await weights('target')],
      [draft.weights, await weights('draft')],
    ] as const) {
      expect(allocated).toBeGreaterThanOrEqual(served);
      // The runtime allocates whole pages.
      expect(allocated).toBeLessThan(1.5 * served);
    }
    expect(target.cache).toBeGreaterThan(draft.cache);
    expect(draft.cache).toBeGreaterThan(100_000);
    expect(working).toBeGreaterThan(0);
  });

  it('is the target’s cache a second time where it drafts for itself, and no second weights', async () => {
    const before = await memoryOf('draft');
    const { target, draft } = await memoryOf('target');
    expect(target).toEqual(before.target);
    expect(draft.weights).toBe(0);
    expect(draft.cache / target.cache).toBeCloseTo(1, 2);
    // What was taken is given back.
    expect(await memoryOf('draft')).toMatchObject({ target: before.target, draft: before.draft });
  });
});

import { describe, expect, it } from 'vitest';
import { bytesOf, type ModelSpec, type PairSpec } from '../../src/catalog/spec';
import { SHELVES } from '../../src/catalog/storedModels';
import { committedTokens, tally } from '../../src/core/run/tally';
import { DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { PairMemory, RunEvent, RunSettings, RunToken } from '../../src/core/types';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent, sendToWorker } from '../../src/worker/client';
import { engineWorker, runOnWorker, shippedModel, shippedPair, startWorker } from './support/runs';

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
  async function memoryOf(draft: string | null, on = worker): Promise<PairMemory> {
    let memory: PairMemory | null = null;
    for await (const update of sendToWorker(on, { type: 'load', pair: await shippedPair(draft) })) {
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

  it('is the target’s alone where no model drafts', async () => {
    const fresh = startWorker();
    const { target, draft } = await memoryOf(null, fresh);
    expect(target.cache).toBeGreaterThan(0);
    expect(draft).toEqual({ weights: 0, cache: 0 });
    fresh.terminate();
  });
});

describe('pairs that follow one another', () => {
  const runPair = async (pair: PairSpec, settings: Partial<RunSettings> = {}, signal?: AbortSignal) => {
    const events: RunEvent[] = [];
    const all = { ...DEFAULT_RUN, gamma: 4, maxTokens: 24, ignoreStopTokens: true, ...settings };
    const task = { type: 'run', pair, turns: [], prompt: PROMPT, settings: all, calibration: null } as const;
    for await (const update of sendToWorker(worker, task, signal)) if (isRunEvent(update)) events.push(update);
    return events;
  };

  it('may have other targets: each writes what it writes alone, and the first is there again', async () => {
    const first = await runPair(await shippedPair('draft'));
    const [target, draft] = [await shippedModel('weak-draft'), await shippedModel('draft')];
    const other = await runPair({ target, draft });
    expect(ids(other)).toEqual(ids(await runPair({ target, draft: null }, { mode: 'plain' })));
    expect(ids(other)).not.toEqual(ids(first));
    expect(ids(await runPair(await shippedPair('draft')))).toEqual(ids(first));
  });

  it('may be stopped while they load, and take each other’s place', async () => {
    const stop = new AbortController();
    const stopped = runPair({ target: await shippedModel('weak-draft'), draft: 'itself' }, {}, stop.signal);
    const next = runPair(await shippedPair('weak-draft'));
    stop.abort();
    expect((await stopped).at(-1)).toMatchObject({ reason: 'aborted' });
    expect(ids(await next)).toEqual(ids(await runPair(await shippedPair('draft'))));
  });

  it('keep their logits’ padding to themselves: no id beyond the tokenizer is drafted or judged', async () => {
    const pair = await shippedPair('draft');
    if (pair.draft === null || pair.draft === 'itself') throw new Error('a model drafts');
    const usual = [await runPair(pair), await runPair(pair, { sampling: { ...GREEDY, temperature: 0.8, seed: 4 } })];
    const most = Math.max(...usual.flatMap(ids));
    // As if everything behind the tokens of these runs were padding.
    const tokens = most + 1;
    const padded = (model: ModelSpec): ModelSpec => ({ ...model, revision: 'padded', vocabulary: { tokens, logits: 2048 } });
    const shorter = { target: padded(pair.target), draft: padded(pair.draft) };
    expect(ids(await runPair(shorter))).toEqual(ids(usual[0] as RunEvent[]));
    const sampled = await runPair(shorter, { candidates: true, sampling: { ...GREEDY, temperature: 5, seed: 4 } });
    const drawn = tokensOf(sampled).flatMap(({ id, candidates }) => [id, ...(candidates?.p ?? []).map((each) => each.id)]);
    expect(Math.max(...drawn)).toBeLessThan(tokens);
  });

  it('decode plainly where the library has no forward that gives several rows, and are refused for speculation in words', async () => {
    const { library, ...model } = await shippedModel('target');
    const place = 'https://hub.test/without-batch_verify.wasm';
    const bytes = new Uint8Array(await (await fetch(library.url)).arrayBuffer());
    // Its name in the table of functions.
    const at = new TextDecoder('latin1').decode(bytes).indexOf('\0batch_verify:') + 1;
    expect(at).toBeGreaterThan(0);
    bytes.set(new TextEncoder().encode('batch_verifx'), at);
    const shelf = await BROWSER_CACHE.open(SHELVES.library);
    await shelf.put(place, new Blob([bytes]).stream(), { bytes: bytes.length, type: 'application/wasm', sha256: null });
    const without = { ...library, url: place, place, bytes: null, sha256: null };
    const target: ModelSpec = { ...model, revision: 'without', library: without, libraries: [without] };
    expect(ids(await runPair({ target, draft: null }, { mode: 'plain' }))).toEqual(ids(await runPair(await shippedPair('draft'))));
    for (const drafting of ['ngram', 'model'] as const) {
      const pair = { target, draft: drafting === 'model' ? await shippedModel('draft') : null };
      await expect(runPair(pair, { drafting })).rejects.toMatchObject({
        failure: {
          code: 'rollback-missing',
          message: expect.stringMatching(/ gives the logits of one token at a time, and verifying drafts takes 17, so it cannot take part/),
        },
      });
    }
  });

  it('are refused by name where the adapter lacks what a model needs', async () => {
    const model = { ...(await shippedModel('draft')), missing: ['telepathy'] };
    await expect(runPair({ target: model, draft: null }, { mode: 'plain' })).rejects.toMatchObject({
      failure: { code: 'feature-missing', message: expect.stringContaining('needs telepathy') },
    });
    expect(ids(await runPair(await shippedPair('draft')))).toHaveLength(24);
  });
});

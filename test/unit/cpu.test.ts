import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { PairSpec } from '../../src/catalog/spec';
import { committedTokens, tally } from '../../src/core/run/tally';
import { GREEDY } from '../../src/core/settings';
import { judgeAnswer } from '../../src/core/study/quality';
import type { RunEvent, RunSettings } from '../../src/core/types';
import type { PairEngine } from '../../src/engine/engine';
import type { CalibrationResult } from '../../src/engine/tasks';
import { PRESETS } from '../../src/features/prompt/presets';
import { parseConfig, readWeights } from '../../src/model/cpu/weights';
import { cpuEngine, runOnCpu as run } from '../support/cpuRuns';
import { SHIPPED, shippedPair } from '../support/shipped';

const ids = (events: readonly RunEvent[]) => committedTokens(events).map(({ id }) => id);

describe('the pair on the CPU', () => {
  let pair: PairEngine;
  beforeAll(() => {
    pair = cpuEngine();
    return () => vi.unstubAllGlobals();
  });

  it('says what it runs on, and reads nothing back', async () => {
    const events = await run(pair, {});
    expect(events[0]).toMatchObject({ labels: { adapter: 'CPU, WebAssembly' } });
    expect(tally(events)).toMatchObject({ readbacks: 0 });
    expect(tally(events).accepted).toBeGreaterThan(0);
    expect(events.find((event) => event.type === 'round' && event.index > 0)).toMatchObject({ device: { draftMs: expect.any(Number) } });
  });

  // Of other numbers it may count on past the last, as from 1 to 9: it is a small model.
  it.each([PRESETS.find(({ label }) => label === 'Counting')?.prompt ?? '', 'Count from 1 to 12.'])(
    'counts as far as an example of the page or the terminal asks: %s',
    async (prompt) => {
      const events = await run(pair, { maxTokens: 160 }, { prompt });
      const answer = committedTokens(events).map(({ text }) => text);
      expect(events.at(-1)).toMatchObject({ reason: 'stop' });
      expect(judgeAnswer('counting', prompt, answer.join(''), true)).toBe('right');
    },
  );

  it.each(['model', 'ngram', 'mixed'] as const)('writes by %s drafts, at any γ, what it writes plainly', async (drafting) => {
    const plain = ids(await run(pair, { mode: 'plain', ignoreStopTokens: true }));
    expect(plain).toHaveLength(40);
    for (const gamma of [1, 5, 16]) expect(ids(await run(pair, { drafting, gamma, ignoreStopTokens: true }))).toEqual(plain);
  });

  it('writes under the coupled rule what it writes plainly under the same seed, with p, q and candidates', async () => {
    const sampling = { ...GREEDY, temperature: 0.9, topP: 0.95, repetitionPenalty: 1.1, seed: 5, rule: 'coupled' } as const;
    const events = await run(pair, { sampling, ignoreStopTokens: true });
    expect(ids(events)).toEqual(ids(await run(pair, { mode: 'plain', sampling, ignoreStopTokens: true })));
    const drafted = events.flatMap((event) => (event.type === 'round' ? event.tokens.filter(({ q }) => q !== null) : []));
    expect(drafted.length).toBeGreaterThan(0);
    for (const { id, p, candidates } of drafted) {
      expect(candidates?.p.length).toBeGreaterThan(0);
      const shown = candidates?.p.find((candidate) => candidate.id === id);
      if (shown) expect(p).toBeCloseTo(shown.probability, 6);
      else expect(candidates?.p.every(({ probability }) => probability >= (p ?? Number.NaN))).toBe(true);
    }
  });

  it('accepts and rejects by the draw under the rejection rule', async () => {
    const sampling = { ...GREEDY, temperature: 1.2, seed: 2 };
    const events = await run(pair, { sampling, ignoreStopTokens: true }, { prompt: 'Write 30 random words.' });
    const judged = events
      .flatMap((event) => (event.type === 'round' ? event.tokens : []))
      .filter(({ verdict }) => verdict === 'rejected' || verdict === 'accepted');
    expect(new Set(judged.map(({ verdict }) => verdict)).size).toBe(2);
    for (const { verdict, p, q, u } of judged)
      expect((u as number) < Math.min(1, (p as number) / (q as number))).toBe(verdict === 'accepted');
  });

  it('brings the most likely tokens of p and q with greedy rounds when asked, and writes the same', async () => {
    const settings = { maxTokens: 20, ignoreStopTokens: true } as const;
    const events = await run(pair, { ...settings, candidates: true });
    expect(ids(events)).toEqual(ids(await run(pair, settings)));
    const tokens = events.flatMap((event) => (event.type === 'round' ? event.tokens : []));
    for (const { id, p, q, candidates } of tokens.filter(({ verdict }) => verdict === 'accepted')) {
      expect(candidates).toMatchObject({ residual: [] });
      expect(candidates?.p[0]).toMatchObject({ id, probability: p });
      expect(candidates?.q[0]).toMatchObject({ id, probability: q });
    }
  });

  it('lets the target draft for itself, which is always right and writes what it writes plainly, with candidates', async () => {
    const settings = { maxTokens: 20, ignoreStopTokens: true } as const;
    const plain = ids(await run(pair, { ...settings, mode: 'plain' }));
    const itself = await run(pair, { ...settings, candidates: true }, { draft: 'target' });
    expect(ids(itself)).toEqual(plain);
    const { accepted, drafted } = tally(itself);
    expect(drafted).toBeGreaterThan(10);
    expect(accepted).toBe(drafted);
    const tokens = itself.flatMap((event) => (event.type === 'round' ? event.tokens : []));
    for (const { candidates } of tokens.filter(({ verdict }) => verdict === 'accepted')) expect(candidates?.q).toEqual(candidates?.p);
    // And back to another draft.
    expect(ids(await run(pair, settings))).toEqual(plain);
  });

  it('keeps the ids and revisions of the models that a run ran on', async () => {
    const { target, draft } = shippedPair('draft');
    const identity = (model: typeof target) => ({ id: model.id, revision: model.revision });
    const modelsIn = async (settings: Partial<RunSettings>, name = 'draft') =>
      (await run(pair, { maxTokens: 2, ...settings }, { draft: name })).find((event) => event.type === 'start')?.models;
    expect(await modelsIn({})).toEqual({ target: identity(target), draft: identity(draft as typeof target) });
    expect(await modelsIn({}, 'target')).toEqual({ target: identity(target), draft: 'itself' });
    for (const settings of [{ mode: 'plain' }, { drafting: 'ngram' }] as const)
      expect(await modelsIn(settings)).toEqual({ target: identity(target), draft: null });
  });

  it('needs no draft where no model drafts, and fetches none', async () => {
    const alone = cpuEngine();
    const asked = vi.spyOn(globalThis, 'fetch');
    const settings = { ignoreStopTokens: true, maxTokens: 12 } as const;
    const plain = ids(await run(alone, { ...settings, mode: 'plain' }, { draft: null }));
    expect(ids(await run(alone, { ...settings, drafting: 'ngram' }, { draft: null }))).toEqual(plain);
    expect(asked.mock.calls.map(([url]) => String(url)).filter((url) => url.includes('draft'))).toEqual([]);
    const refused = { failure: { code: 'invalid-setting', message: 'No model drafts in this pair.' } };
    await expect(run(alone, settings, { draft: null })).rejects.toMatchObject(refused);
  });

  it('is fetched at once: the draft is ready while the target comes; what fails first ends the other', async () => {
    const pair = cpuEngine();
    const plain = fetch;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isMissing = false;
    vi.stubGlobal('fetch', async (url: string, init?: RequestInit) => {
      if (isMissing && url.includes('/weak-draft/')) return new Response('', { status: 404 });
      if (url.includes('/target/') && url.endsWith('.bin')) await held;
      init?.signal?.throwIfAborted();
      return plain(url);
    });
    const ready: string[] = [];
    let hear = () => {};
    const draftIsReady = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const load = (draft: string) =>
      pair.load(
        { type: 'load', pair: shippedPair(draft) },
        (update) => {
          if (update.type !== 'progress' || update.phase !== 'ready') return;
          ready.push(update.model);
          if (update.model === 'draft') hear();
        },
        new AbortController().signal,
      );
    isMissing = true;
    // The target would come only after its release.
    await expect(Promise.race([load('weak-draft'), draftIsReady])).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    expect(ready).toEqual([]);
    const loaded = load('draft');
    await draftIsReady;
    expect(ready).toEqual(['draft']);
    release();
    await loaded;
    expect(ready).toEqual(['draft', 'target']);
  });

  it('goes from one target to another and back', async () => {
    const other = cpuEngine();
    const settings = { ignoreStopTokens: true, maxTokens: 12 } as const;
    const prompt = 'Tell me a story about a fox.';
    const first = ids(await run(other, settings, { prompt }));
    const small = shippedPair('weak-draft').draft as PairSpec['target'];
    const swapped = { target: small, draft: shippedPair('draft').draft };
    const second = ids(await run(other, settings, { prompt, spec: swapped }));
    expect(second).toEqual(ids(await run(other, { ...settings, mode: 'plain' }, { prompt, spec: swapped })));
    expect(second).not.toEqual(first);
    expect(ids(await run(other, settings, { prompt }))).toEqual(first);
  });

  it('takes template, stop tokens and context from the list where that says them: prefix ids, and text that ends an answer', async () => {
    const { target } = shippedPair(null);
    const template = {
      ...{ roles: { user: '<|user|>', assistant: '<|assistant|>' }, role_content_sep: '', role_empty_sep: '', system_message: '' },
      ...{ seps: ['<|end|>'], stop_token_ids: [2], stop_str: ['4'], system_prefix_token_ids: [7, 8] },
    };
    const spec = { target: { ...target, template, stopTokens: [3], context: 64, revision: 'changed' }, draft: null };
    const settings = { mode: 'plain', maxTokens: 30 } as const;
    const usual = await run(cpuEngine(), settings, { draft: null });
    const changed = await run(cpuEngine(), settings, { spec });
    const [start, before] = [changed, usual].map((events) => events.find((event) => event.type === 'start'));
    expect(start?.promptIds).toEqual([7, 8, ...(before?.promptIds ?? [])]);
    expect(changed.at(-1)).toMatchObject({ reason: 'stop', stopString: '4' });
    const written = (events: readonly RunEvent[]) =>
      committedTokens(events)
        .map(({ text }) => text)
        .join('');
    expect(written(changed)).toMatch(/^[^4]*4/);
    expect((await run(cpuEngine(), { ...settings, ignoreStopTokens: true }, { spec })).at(-1)).toMatchObject({ reason: 'length' });
    expect((await run(cpuEngine(), { ...settings, maxTokens: 200, ignoreStopTokens: true }, { spec })).at(-1)).toMatchObject({
      reason: 'length',
    });
  });

  it('refuses to speculate with a target whose cache cannot be rolled back, and decodes plainly with it', async () => {
    const spec = { target: { ...shippedPair(null).target, rollsBack: false }, draft: null };
    await expect(run(pair, { drafting: 'ngram' }, { spec })).rejects.toMatchObject({ failure: { code: 'rollback-missing' } });
    expect(ids(await run(pair, { mode: 'plain', maxTokens: 3, ignoreStopTokens: true }, { spec }))).toHaveLength(3);
  });

  it('stops between two rounds', async () => {
    const controller = new AbortController();
    const ended = run(pair, { mode: 'plain', maxTokens: 900, ignoreStopTokens: true }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 60);
    const events = await ended;
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
    expect(tally(events).committed).toBeLessThan(900);
  });

  it.each([
    [
      'of a schema',
      {
        type: 'json',
        schema: '{"type":"object","properties":{"animal":{"enum":["fox","cow"]},"count":{"type":"integer"}},"required":["animal","count"]}',
      },
    ],
    ['of a grammar', { type: 'grammar', grammar: 'root ::= "the " ("fox" | "cow") [0-9]{2,4} "."' }],
  ] as const)('writes an answer %s, and by drafts of every kind what it writes plainly, greedily and sampled', async (_what, format) => {
    for (const temperature of [0, 0.9]) {
      // A draw that a draft and its target share: samples too are the same.
      const settings: Partial<RunSettings> = { format, maxTokens: 60, sampling: { ...GREEDY, temperature, rule: 'coupled' } };
      const plain = await run(pair, { ...settings, mode: 'plain' });
      expect(plain.at(-1)).toMatchObject({ reason: 'stop' });
      const answer = committedTokens(plain)
        .map(({ text }) => text)
        .join('');
      if (format.type === 'grammar') expect(answer).toMatch(/^the (fox|cow)[0-9]{2,4}\.$/);
      else expect(JSON.parse(answer)).toMatchObject({ animal: expect.stringMatching(/^(fox|cow)$/), count: expect.any(Number) });
      for (const drafting of ['model', 'ngram', 'mixed'] as const)
        expect(ids(await run(pair, { ...settings, drafting })), drafting).toEqual(ids(plain));
    }
  });

  it('drafts within a response format what is accepted for the most part', async () => {
    const format = { type: 'grammar', grammar: 'root ::= ("fox, " | "cow, "){4,8} "end."' } as const;
    const { accepted, rejected } = tally(await run(pair, { format, maxTokens: 60 }));
    expect(accepted).toBeGreaterThan(rejected);
  });

  it('is measured by its own clock, and runs with costs that were measured on it alone', async () => {
    let measured: CalibrationResult | null = null as CalibrationResult | null;
    await pair.calibrate(
      { type: 'calibrate', pair: shippedPair('draft') },
      (update) => {
        if (update.type === 'calibration') measured = update;
      },
      new AbortController().signal,
    );
    expect(measured).toMatchObject({ adapter: 'CPU, WebAssembly', calibration: { readbackMs: 0 } });
    const calibration = measured?.calibration ?? null;
    const costsOfRun = async (measuredOn: string) => {
      const [start] = await run(pair, { maxTokens: 2 }, { costs: { calibration, measuredOn } });
      return start?.type === 'start' ? start.calibration : undefined;
    };
    expect(await costsOfRun('CPU, WebAssembly')).toEqual(calibration);
    expect(await costsOfRun('google swiftshader')).toBeNull();
  });
});

describe('files that the CPU cannot use', () => {
  const config = JSON.parse(fs.readFileSync(path.join(SHIPPED, 'draft/resolve/main/mlc-chat-config.json'), 'utf8'));
  const record = { name: 'emb', shape: [3, 2, 4], dtype: 'uint32', byteOffset: 0, nbytes: 96 };

  it('a configuration of another kind of model is named', () => {
    expect(() => parseConfig({ ...config, model_config: { ...config.model_config, head_dim: 'wide' } })).toThrow(/model_config.head_dim/);
  });

  const weights = (changed: object, bytes = 96) =>
    readWeights({ records: [{ dataPath: 'a.bin', records: [{ ...record, ...changed }] }] }, async () => new ArrayBuffer(bytes));

  it('a matrix of two blocks of rows and the scales is read', async () => {
    expect((await weights({})).get('emb')).toHaveLength(8 * 8);
  });

  it.each([
    ['of another type', { dtype: 'float16' }],
    ['of another shape', { shape: [3, 8] }],
    ['in blocks of another width', { shape: [3, 4, 2] }],
    ['of scales alone', { shape: [1, 6, 4] }],
    ['of another length than its shape says', { nbytes: 92 }],
    ['past the end of its file', { byteOffset: 4 }],
  ])('a tensor %s is named', async (_, changed) => {
    await expect(weights(changed)).rejects.toThrow(/"emb" is /);
  });
});

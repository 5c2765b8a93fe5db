import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Failure } from '../../../src/core/failure';
import { ApiError, CreateSpeculativeEngine, FailureError, SpeculativeEngine, type SpeculativeEngineConfig } from '../../../src/package';
import { pageTasks, type TaskEngine } from '../../../src/package/tasks';
import { SHIPPED } from '../../support/shipped';
import { all, ask, embeddedEngine } from './support';

const here = embeddedEngine({ draftModel: 'draft', speculative: false });
const greedy = { messages: ask(), temperature: 0, max_tokens: 14 } as const;

async function failureOf(work: Promise<unknown> | (() => unknown)) {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure;
    if (thrown instanceof ApiError) return thrown.body.error;
    throw thrown;
  }
  throw new Error('it was done');
}

describe('an engine that is not to speculate', () => {
  it('decodes plainly, and drafts where a request says so, with the same text', async () => {
    const plain = await here.engine.chat.completions.create(greedy);
    expect(plain.choices[0]).toMatchObject({ finish_reason: 'length', message: { role: 'assistant' } });
    expect(plain.usage.extra).toMatchObject({ num_draft_tokens: 0, rounds: expect.any(Number) });
    const drafted = await here.engine.chat.completions.create({ ...greedy, speculative: true });
    expect(drafted.choices[0]?.message.content).toBe(plain.choices[0]?.message.content);
    expect(drafted.usage.extra.num_accepted_tokens).toBeGreaterThan(0);
    expect(drafted.usage.completion_tokens).toBe(plain.usage.completion_tokens);
  });

  it('is called in every way that web-llm’s is', async () => {
    const { engine } = here;
    const text = (await engine.chatCompletion(greedy)).choices[0]?.message.content;
    expect((await engine.chat.completions.create({ ...greedy, stream: false })).choices[0]?.message.content).toBe(text);
    const chunks = await all(await engine.chat.completions.create({ ...greedy, stream: true, stream_options: { include_usage: true } }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(text);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
    expect(await engine.getMessage()).toBe(text);
    const raw = await engine.completions.create({ prompt: '1, 2, 3, 4,', max_tokens: 6, temperature: 0, echo: true });
    expect(raw).toMatchObject({
      object: 'text_completion',
      choices: [{ text: expect.stringMatching(/^1, 2, 3, 4,./), finish_reason: 'length' }],
    });
    const parts = await all(await engine.completion({ prompt: '1, 2, 3, 4,', max_tokens: 6, temperature: 0, stream: true }));
    expect(`1, 2, 3, 4,${parts.map(({ choices }) => choices[0]?.text ?? '').join('')}`).toBe(raw.choices[0]?.text);
    expect(await engine.runtimeStatsText()).toMatch(/^prefill: \d+\.\d{4} tokens\/sec, decoding: \d+\.\d{4} tokens\/sec/);
    await engine.resetChat();
    expect([await engine.getMessage(), await engine.runtimeStatsText()]).toEqual([
      '',
      'prefill: 0.0000 tokens/sec, decoding: 0.0000 tokens/sec',
    ]);
    engine.setLogLevel('WARN');
  });

  it('is interrupted with what there is, and nothing that waits is', async () => {
    const { engine } = here;
    const long = { messages: ask('Count from 1 to 120.'), temperature: 0 };
    const waiting = (async () => {
      const reasons: (string | null | undefined)[] = [];
      for await (const { choices } of await engine.chat.completions.create({ ...long, stream: true })) {
        if (reasons.length === 4) engine.interruptGenerate();
        reasons.push(choices[0]?.finish_reason);
      }
      return reasons.at(-1);
    })();
    const next = engine.chat.completions.create({ ...greedy, max_tokens: 5 });
    expect(await waiting).toBe('abort');
    expect((await next).choices[0]?.finish_reason).toBe('length');
    engine.interruptGenerate();
    expect((await engine.chat.completions.create({ ...greedy, max_tokens: 5 })).choices[0]?.finish_reason).toBe('length');
  });

  it('refuses by name what it does not do', async () => {
    const { engine } = here;
    const named = async (work: Promise<unknown>) => (await failureOf(work)).message;
    expect(await named(engine.embeddings.create({ input: 'a' }))).toContain('"embeddings"');
    expect(await named(engine.forwardTokensAndSample())).toContain('"forwardTokensAndSample"');
    expect(await named(engine.listResumableSessions())).toContain('"listResumableSessions"');
    expect(await named(engine.resumeChatCompletion())).toContain('"resumeChatCompletion"');
    expect(await named(engine.deleteResumableSession())).toContain('"deleteResumableSession"');
    const tools = [{ type: 'function' as const, function: { name: 'f', parameters: {} } }];
    expect(await failureOf(engine.chat.completions.create({ ...greedy, tools }))).toMatchObject({ param: 'tools' });
    expect(await failureOf(engine.chat.completions.create({ ...greedy, temperature: 3, stream: true }))).toMatchObject({
      param: 'temperature',
    });
    expect(await failureOf(engine.getGPUVendor())).toMatchObject({ code: 'no-adapter' });
    expect(await failureOf(() => engine.setLogLevel('LOUD' as never))).toMatchObject({ code: 'invalid-setting' });
  });

  it('answers to the name that it was loaded by, and to no other model’s', async () => {
    const answer = await here.engine.chat.completions.create({ ...greedy, model: 'embedded', max_tokens: 1 });
    expect(answer.model).toBe('embedded');
    expect((await here.engine.chat.completions.create({ ...greedy, max_tokens: 1 })).model).toBe('embedded');
    const other = { model: 'gpt', stream: true } as const;
    expect(await failureOf(here.engine.chat.completions.create({ ...greedy, model: 'gpt' }))).toMatchObject({ code: 'model_not_found' });
    expect(await failureOf(here.engine.chat.completions.create({ ...greedy, ...other }))).toMatchObject({ code: 'model_not_found' });
    expect(await failureOf(here.engine.completions.create({ prompt: '1', ...other }))).toMatchObject({ code: 'model_not_found' });
  });
});

describe('an engine', () => {
  it('is made of lists, of a list’s URL and of a record, with the same text', async () => {
    const text = (await here.engine.chat.completions.create(greedy)).choices[0]?.message.content;
    const record = { model: `${here.server.url}target`, model_id: 'mine', model_lib: `${here.server.url}libraries/target.wasm` };
    const ways = [
      ['target', { modelLists: here.lists, draftModel: 'draft' }],
      [`${here.lists[0]}#target`, { draftModel: `${here.lists[0]}#weak-draft` }],
      [`${here.lists[0]}`, { draftModel: 'itself', numSpeculativeTokens: 3 }],
      ['mine', { appConfig: { model_list: [record] }, method: 'ngram' }],
    ] as const;
    for (const [name, config] of ways) {
      const reports: { progress: number; text: string }[] = [];
      const engine = await CreateSpeculativeEngine(name, {
        ...(config as object),
        initProgressCallback: (report) => void reports.push(report),
      });
      const answer = await engine.chat.completions.create({ ...greedy, model: name });
      expect(answer.choices[0]?.message.content, name).toBe(text);
      expect(answer.usage.extra.num_draft_tokens, name).toBeGreaterThan(0);
      const told = reports.map(({ progress }) => progress);
      expect(told).toEqual([...told].sort((a, b) => a - b));
      expect(reports.at(-1)).toMatchObject({ progress: 1, text: 'Finish loading on CPU, WebAssembly' });
      await engine.unload();
    }
  });

  it('samples as its model’s configuration says where a request does not', async () => {
    const engine = new SpeculativeEngine({ modelLists: here.lists });
    await engine.reload('embedded', { temperature: 0, context_window_size: 64 });
    const [one, other] = [
      await engine.chat.completions.create({ messages: ask(), max_tokens: 14 }),
      await engine.chat.completions.create(greedy),
    ];
    expect(one.choices).toEqual(other.choices);
    expect(one.usage.extra).toMatchObject({ num_draft_tokens: 0 });
    // The last token needs no place.
    expect((await engine.chat.completions.create({ messages: ask('Count from 1 to 120.') })).usage.total_tokens).toBeLessThanOrEqual(65);
    await engine.unload();
  });

  it('that is not loaded, or unloaded, says so, and can be loaded again', async () => {
    const engine = new SpeculativeEngine({ modelLists: here.lists });
    expect(await failureOf(engine.chat.completions.create(greedy))).toMatchObject({ code: 'not-loaded' });
    expect(await failureOf(engine.api.models())).toMatchObject({ code: 'not-loaded' });
    await engine.reload('embedded');
    const running = engine.chat.completions.create({ messages: ask('Count from 1 to 120.'), temperature: 0 });
    await engine.unload();
    expect((await running).choices[0]?.finish_reason).toBe('abort');
    expect(await failureOf(engine.getMessage())).toMatchObject({ code: 'not-loaded' });
    await engine.reload(['embedded']);
    expect((await engine.chat.completions.create({ ...greedy, max_tokens: 2 })).usage.completion_tokens).toBe(2);
    await engine.unload();
  });

  it('waits for no signal that all requests have, which would keep something of each', async () => {
    const any = vi.spyOn(AbortSignal, 'any');
    for (let count = 0; count < 2; count++) await here.engine.chat.completions.create({ ...greedy, max_tokens: 1 });
    const signals = any.mock.calls.flatMap(([each]) => [...each]);
    any.mockRestore();
    expect(signals.length).toBeGreaterThan(4);
    expect(new Set(signals).size).toBe(signals.length);
  });

  it('that is unloaded while it loads has no model', async () => {
    const engine = new SpeculativeEngine({ modelLists: here.lists });
    const loading = engine.reload('embedded');
    await engine.unload();
    await loading;
    expect(await failureOf(engine.getMessage())).toMatchObject({ code: 'not-loaded' });
  });

  const RECORD = 'target/resolve/main/mlc-chat-config.json';
  const held: readonly (readonly [what: string, file: string, config: (url: string) => SpeculativeEngineConfig])[] = [
    ['a list of models', 'manifest.json', (url) => ({ modelLists: [`${url}manifest.json`] })],
    ['the configuration of a model', RECORD, (url) => ({ modelLists: [`${url}manifest.json`] })],
    [
      ...(['the files of a record', RECORD] as const),
      (url) => ({ appConfig: { model_list: [{ model: `${url}target`, model_id: 'embedded', model_lib: `${url}library.wasm` }] } }),
    ],
  ];
  it.each(held)('that is unloaded while it waits for %s waits no longer', async (_, file, config) => {
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const server = http.createServer(({ url = '' }, response) => {
      if (url === `/${file}`) isAsked();
      else fs.createReadStream(path.join(SHIPPED, url)).pipe(response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const engine = new SpeculativeEngine(config(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
    const loading = engine.reload('embedded');
    await asked;
    await engine.unload();
    await loading;
    expect(await failureOf(engine.getMessage())).toMatchObject({ code: 'not-loaded' });
    server.closeAllConnections();
    server.close();
  });

  it('that is unloaded in the last moment of a load has no model, says nothing more, and measures nothing', async () => {
    const tasks = pageTasks();
    const ends = ['as it is loaded', 'as it says so'] as const;
    for (const end of ends) {
      const texts: string[] = [];
      const measurements: AbortSignal[] = [];
      let unloading: Promise<void> | undefined;
      const load: TaskEngine['load'] = async (...task) => {
        await tasks.load(...task);
        if (end === 'as it is loaded') unloading = engine.unload();
      };
      const calibrate: TaskEngine['calibrate'] = (...task) => {
        measurements.push(task[2]);
        return tasks.calibrate(...task);
      };
      const initProgressCallback = ({ text }: { text: string }) => {
        if (texts.push(text) && text.startsWith('Finish')) unloading = engine.unload();
      };
      const engine = new SpeculativeEngine({ modelLists: here.lists, initProgressCallback }, { ...tasks, load, calibrate });
      await engine.reload('embedded');
      await unloading;
      expect(texts.some((text) => text.startsWith('Finish'))).toBe(end === 'as it says so');
      expect(measurements.every(({ aborted }) => aborted)).toBe(true);
      expect(measurements).toHaveLength(ends.indexOf(end));
      expect(await failureOf(engine.getMessage())).toMatchObject({ code: 'not-loaded' });
    }
  });

  it('ends a run whose stream is left early, and answers the next request', async () => {
    const tasks = pageTasks();
    const ends: string[] = [];
    const run: TaskEngine['run'] = (task, report, ...rest) => {
      const noted: typeof report = (update) => {
        if (update.type === 'end') ends.push(update.reason);
        report(update);
      };
      return tasks.run(task, noted, ...rest);
    };
    const engine = new SpeculativeEngine({ modelLists: here.lists }, { ...tasks, run });
    await engine.reload('embedded');
    for await (const _ of await engine.chat.completions.create({ messages: ask('Count from 1 to 120.'), stream: true })) break;
    expect(ends).toEqual(['aborted']);
    for await (const _ of await engine.completions.create({ prompt: '1, 2, 3,', ignore_eos: true, stream: true })) break;
    expect(ends).toEqual(['aborted', 'aborted']);
    expect((await engine.chat.completions.create({ ...greedy, max_tokens: 3 })).usage.completion_tokens).toBe(3);
    await engine.unload();
  });

  it('that could not be loaded frees what there is when it is unloaded, once', async () => {
    const tasks = pageTasks();
    let unloads = 0;
    const unload: TaskEngine['unload'] = (...task) => {
      unloads++;
      return tasks.unload(...task);
    };
    const initProgressCallback = ({ text }: { text: string }) => {
      if (text.startsWith('Finish')) throw new Error('The program fails.');
    };
    const engine = new SpeculativeEngine({ modelLists: here.lists, initProgressCallback }, { ...tasks, unload });
    await engine.unload();
    expect(unloads).toBe(0);
    await expect(engine.reload('embedded')).rejects.toThrow('The program fails.');
    await engine.unload();
    expect(unloads).toBe(1);
    await engine.unload();
    expect(unloads).toBe(1);
  });

  const WRONG: readonly (readonly [name: string, config: object, said: string])[] = [
    ['draftModel', { draftModel: 1 }, 'is 1. Give text.'],
    ['speculative', { speculative: 'yes' }, 'is "yes". Give true or false.'],
    ['numSpeculativeTokens', { numSpeculativeTokens: 17 }, 'is 17. Give "auto" or a whole number, 1 to 16.'],
    ['method', { method: 'eagle' }, 'is "eagle". Give one of "draft_model", "ngram" and "mixed".'],
    ['kvCache', { kvCache: 'f16' }, 'is "f16". Give one of "full" and "half".'],
    ['modelLists', { modelLists: [] }, 'is an empty list. Give a list of at least one address.'],
    ['initProgressCallback', { initProgressCallback: 'log' }, 'is "log". Give a function.'],
    ['appConfig.model_list', { appConfig: {} }, 'is missing. Give a list of models.'],
    ['appConfig.model_list.0.model', { appConfig: { model_list: [{ model_id: 'a' }] } }, 'is missing. Give text.'],
    [
      'appConfig.cacheBackend',
      { appConfig: { model_list: [], cacheBackend: 'opfs' } },
      'is "opfs". Give "cache": files are kept in the Cache API only.',
    ],
    ['logitProcessorRegistry', { logitProcessorRegistry: new Map() }, 'is not supported. Leave it out.'],
    [
      'numDraftTokens',
      { numDraftTokens: 6 },
      'The options are: draftModel, speculative, method, backend, kvCache, modelLists, numSpeculativeTokens',
    ],
  ];
  it.each(WRONG)('with a wrong %s is refused by that name', async (name, config, said) => {
    const { code, message, hint } = (await failureOf(() => new SpeculativeEngine(config))) as Failure;
    expect([code, `${message} ${hint}`]).toEqual(['invalid-setting', expect.stringContaining(`option "${name}"`)]);
    expect(`${message} ${hint}`).toContain(said);
  });

  it('of an unknown model, draft or list says what there is', async () => {
    const engine = new SpeculativeEngine({ modelLists: here.lists });
    expect(await failureOf(engine.reload('gpt'))).toMatchObject({ code: 'invalid-setting', hint: expect.stringContaining('weak-draft') });
    expect(await failureOf(CreateSpeculativeEngine('target', { modelLists: here.lists, draftModel: 'gpt' }))).toMatchObject({
      message: 'There is no model "gpt".',
      hint: expect.stringContaining('Choose one of: itself, target, draft'),
    });
    const missing = new SpeculativeEngine({ modelLists: [`${here.server.url}none.json`] });
    expect(await failureOf(missing.reload('target'))).toMatchObject({ code: 'file-missing', hint: expect.stringContaining('modelLists') });
    expect(await failureOf(engine.reload(['target', 'draft']))).toMatchObject({ code: 'invalid-setting' });
  });

  it('with caches in half precision is refused where there is no WebGPU', async () => {
    const engine = new SpeculativeEngine({ modelLists: here.lists, kvCache: 'half' });
    expect(await failureOf(engine.reload('target'))).toMatchObject({
      code: 'feature-missing',
      message: 'Target is to keep its cache in half precision, which only WebGPU does.',
    });
  });

  it('of a list in whose place the server answers with a page names the list, and does without a further one', async () => {
    const pages = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
    await once(pages.listen(0, '127.0.0.1'), 'listening');
    try {
      const page = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/models-more/manifest.json`;
      const further = new SpeculativeEngine({ modelLists: [...here.lists, page] });
      expect(await failureOf(further.reload('gpt'))).toMatchObject({ message: 'There is no model "gpt".' });
      const only = new SpeculativeEngine({ modelLists: [page] });
      expect(await failureOf(only.reload('target'))).toMatchObject({ code: 'server-refused', message: expect.stringContaining(page) });
    } finally {
      pages.close();
    }
  });
});

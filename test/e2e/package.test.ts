import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS, ensureChromium } from '../../scripts/chromium.mjs';
import type { SpeculativeEngine } from '../../src/package';
import type { PackageApp } from './support/packageApp/main';
import { buildPackageApp, ROOT } from './support/packageBuild';
import { launch } from './support/page';
import { FaultyServer } from './support/server';

declare global {
  var app: PackageApp;
  var engine: SpeculativeEngine;
}

const PROMPT = 'Count from 1 to 12.';
let browser: Browser;
let server: FaultyServer;
let page: Page;
const errors: string[] = [];

/** A page on the server of `folder`, whose errors count. */
async function open(url: string): Promise<Page> {
  const opened = await (await browser.newContext()).newPage();
  opened.on('pageerror', (error) => errors.push(error.stack ?? String(error)));
  await opened.goto(url);
  return opened;
}

beforeAll(async () => {
  server = await FaultyServer.start(await buildPackageApp());
  browser = await launch();
  page = await open(server.url);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('the package in a page', () => {
  it('speculates with the text of plain decoding, and says what it accepted', async () => {
    const answers = await page.evaluate(async (content) => {
      const { foretoken } = app;
      const engine = await foretoken.CreateSpeculativeEngine('embedded', { draftModel: 'draft', backend: 'webgpu' });
      const messages = [{ role: 'user' as const, content }];
      const told: string[] = [];
      const chunks: number[] = [];
      for (const speculative of [true, false]) {
        const stream = await engine.chat.completions.create({
          messages,
          temperature: 0,
          speculative,
          stream: true,
          stream_options: { include_usage: true },
        });
        let text = '';
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? '';
          if (chunk.usage) chunks.push(chunk.usage.extra.num_accepted_tokens);
        }
        told.push(text);
      }
      const info = {
        vendor: await engine.getGPUVendor(),
        binding: await engine.getMaxStorageBufferBindingSize(),
        stats: await engine.runtimeStatsText(),
      };
      await engine.unload();
      return { told, chunks, info };
    }, PROMPT);
    const [speculative, plain] = answers.told;
    expect(speculative).toBe(plain);
    expect(answers.chunks[0]).toBeGreaterThan(0);
    expect(answers.chunks[1]).toBe(0);
    expect(answers.info).toEqual({
      vendor: expect.any(String),
      binding: expect.any(Number),
      stats: expect.stringMatching(/accepted: \d+ of \d+ drafts/),
    });
  });

  it('has two engines at a time, which share nothing and are unloaded one by one', async () => {
    const texts = await page.evaluate(async (content) => {
      const { foretoken } = app;
      const request = { messages: [{ role: 'user' as const, content }], temperature: 0 };
      const [one, other] = await Promise.all([
        foretoken.CreateSpeculativeEngine('embedded', { draftModel: 'draft', backend: 'webgpu' }),
        foretoken.CreateSpeculativeEngine('embedded', { draftModel: 'weak-draft', backend: 'webgpu' }),
      ]);
      const answers = await Promise.all([one, other].map((engine) => engine.chat.completions.create(request)));
      await one.unload();
      answers.push(await other.chat.completions.create(request));
      await other.unload();
      await one.reload('embedded');
      answers.push(await one.chat.completions.create(request));
      await one.unload();
      return answers.map(({ choices }) => choices[0]?.message.content);
    }, PROMPT);
    expect(new Set(texts).size).toBe(1);
    expect(texts).toHaveLength(4);
  });
});

describe('the package in a worker', () => {
  it('gives the same text, is interrupted, and goes on', async () => {
    const { texts, reason, progress } = await page.evaluate(async (content) => {
      const { foretoken, makeWorker } = app;
      const progress: number[] = [];
      const config = { draftModel: 'draft', initProgressCallback: (report: { progress: number }) => void progress.push(report.progress) };
      const engine = await foretoken.CreateWebWorkerSpeculativeEngine(makeWorker(), 'embedded', config);
      engine.setLogLevel('ERROR');
      const request = { messages: [{ role: 'user' as const, content }], temperature: 0 };
      const ask = async (speculative: boolean) =>
        (await engine.chat.completions.create({ ...request, speculative })).choices[0]?.message.content;
      const texts = [await ask(true), await ask(false)];
      let reason: string | null | undefined;
      for await (const { choices } of await engine.chat.completions.create({
        messages: [{ role: 'user', content: 'Count from 1 to 120.' }],
        stream: true,
      })) {
        if (choices[0]?.delta.content) engine.interruptGenerate();
        reason = choices[0]?.finish_reason ?? reason;
      }
      await engine.unload();
      await engine.reload('embedded');
      texts.push(await ask(true));
      return { texts, reason, progress };
    }, PROMPT);
    expect([new Set(texts).size, texts.length, reason]).toEqual([1, 3, 'abort']);
    expect(progress.at(-1)).toBe(1);
  });
});

describe('the package in a service worker', () => {
  it('is missing where the page has none, which is said', async () => {
    const failure = await page.evaluate(() =>
      app.foretoken.CreateServiceWorkerSpeculativeEngine('embedded').then(
        () => null,
        (error) => error.failure,
      ),
    );
    expect(failure).toMatchObject({ code: 'engine-lost', message: 'This page has no service worker.' });
  });

  /** A browser with a profile on disk: one in memory has no room for such a script. */
  async function withProfile(work: (context: BrowserContext, page: Page) => Promise<void>): Promise<void> {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'package-profile-'));
    const context = await chromium.launchPersistentContext(profile, { executablePath: ensureChromium(), args: [...CHROMIUM_ARGS] });
    const opened = await context.newPage();
    await opened.goto(server.url);
    await work(context, opened);
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  }

  it('is started again after the browser has ended it, between two requests and during one', async () => {
    await withProfile(async (context, first) => {
      const create = (from: Page) =>
        from.evaluate(async () => {
          await app.register();
          globalThis.engine = await app.foretoken.CreateServiceWorkerSpeculativeEngine(
            'embedded',
            { draftModel: 'draft', backend: 'webgpu' },
            undefined,
            1000,
          );
        });
      const ask = (from: Page) =>
        from.evaluate(async (content) => {
          const answer = await engine.chat.completions.create({ messages: [{ role: 'user', content }], temperature: 0 });
          return [answer.choices[0]?.message.content, answer.usage.extra.num_accepted_tokens > 0];
        }, PROMPT);
      await create(first);
      const answer = await ask(first);
      expect(answer).toEqual([expect.stringMatching(/1, 2, 3/), true]);
      const other = await context.newPage();
      await other.goto(server.url);
      await create(other);
      expect(await ask(other)).toEqual(answer);
      const session = await context.newCDPSession(first);
      await session.send('ServiceWorker.enable');
      await session.send('ServiceWorker.stopAllWorkers');
      expect(await ask(first)).toEqual(answer);
      const begun = first.waitForEvent('console', (message) => message.text() === 'a chunk');
      const lost = first.evaluate(async () => {
        try {
          const stream = await engine.chat.completions.create({
            messages: [{ role: 'user', content: 'Count from 1 to 120.' }],
            stream: true,
            temperature: 0,
          });
          for await (const _ of stream) console.log('a chunk');
        } catch (error) {
          return (error as { body: { error: { code: string } } }).body.error.code;
        }
        return null;
      });
      await begun;
      await session.send('ServiceWorker.stopAllWorkers');
      expect(await lost).toBe('engine_lost');
      expect(await ask(first)).toEqual(answer);
    });
  });
});

describe('clients of OpenAI’s API in a page', () => {
  it('run on the engine’s fetch, the openai client and the Vercel AI SDK, whole and in streams', async () => {
    const texts = await page.evaluate(async (content) => {
      const { foretoken, OpenAI, ai } = app;
      const engine = await foretoken.CreateSpeculativeEngine('embedded', { draftModel: 'draft', backend: 'webgpu' });
      const fetch = foretoken.foretokenFetch(engine);
      const request = { messages: [{ role: 'user' as const, content }], temperature: 0 };
      const own = (await engine.chat.completions.create(request)).choices[0]?.message.content;
      const openai = new OpenAI({ apiKey: 'none', baseURL: 'http://foretoken.invalid/v1', fetch, dangerouslyAllowBrowser: true });
      const whole = (await openai.chat.completions.create({ model: 'embedded', ...request })).choices[0]?.message.content;
      const provider = ai.createOpenAICompatible({ name: 'foretoken', baseURL: 'http://foretoken.invalid/v1', fetch });
      const asked = { model: provider('embedded'), prompt: content, temperature: 0 };
      const generated = await ai.generateText(asked);
      let streamed = '';
      let pieces = 0;
      for await (const piece of ai.streamText(asked).textStream) {
        streamed += piece;
        pieces++;
      }
      await engine.unload();
      return {
        texts: [own, whole, generated.text, streamed],
        pieces,
        finish: generated.finishReason,
        tokens: generated.usage.outputTokens,
      };
    }, PROMPT);
    expect([...new Set(texts.texts)]).toEqual([expect.stringMatching(/1, 2, 3/)]);
    expect(texts).toMatchObject({ finish: 'stop', tokens: expect.any(Number) });
    expect(texts.pieces).toBeGreaterThan(2);
  });
});

describe('the example page', () => {
  it('writes the text and what was accepted', async () => {
    const host = await FaultyServer.start(ROOT);
    const example = await open(`${host.url}examples/page.html`);
    const usage = example.locator('#usage', { hasText: 'num_accepted_tokens' });
    await usage.waitFor({ timeout: 60_000 });
    expect(await example.locator('#text').textContent()).toMatch(/1, 2, 3, 4, .*12/);
    expect(JSON.parse((await usage.textContent()) ?? '').num_accepted_tokens).toBeGreaterThan(0);
    await host.close();
    expect(errors).toEqual([]);
  });
});

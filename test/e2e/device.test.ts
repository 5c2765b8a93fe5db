import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS, WITHOUT_WEBGPU_ARGS } from '../../scripts/chromium.mjs';
import { BUILT } from './support/built';
import { committed, idsOf, launch, Visit } from './support/page';
import { FaultyServer } from './support/server';

let server: FaultyServer;

beforeAll(async () => {
  server = await FaultyServer.start(BUILT);
  return () => server.close();
});

/** Lets the graphics process come back after a crash, as it does for a person who loses it once. */
const CRASHABLE = [...CHROMIUM_ARGS, '--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis'];

async function crashGraphics(browser: Browser): Promise<void> {
  const system = await browser.newBrowserCDPSession();
  await system.send('Browser.crashGpuProcess');
}

/** `crashGraphics`, and waits until `page` has heard that a device of its own was lost, as the engine hears of its own. */
async function crashGraphicsOf(page: Page, browser: Browser): Promise<void> {
  const device = await page.evaluateHandle(async () => (await navigator.gpu.requestAdapter())?.requestDevice());
  await crashGraphics(browser);
  expect(await device.evaluate(async (own) => (await own?.lost)?.reason)).toBe('unknown');
}

describe('the graphics device', () => {
  it('no WebGPU, over http from another machine: the pair runs on the CPU, which is said, and writes the same', async () => {
    // Browsers give WebGPU, and a place to keep files, to https and localhost only, so any other name has none.
    const browser = await launch([...CHROMIUM_ARGS, '--host-resolver-rules=MAP lecture.test 127.0.0.1']);
    const [here, elsewhere] = [
      await Visit.open(browser, server.url),
      await Visit.open(browser, server.url.replace('127.0.0.1', 'lecture.test')),
    ];
    expect(await elsewhere.page.evaluate(() => ['gpu' in navigator, 'caches' in globalThis])).toEqual([false, false]);
    for (const visit of [here, elsewhere]) await visit.set('Most tokens', 24);
    const onDevice = await here.run('Count from 1 to 30.');
    await here.close();
    const onCpu = await elsewhere.run('Count from 1 to 30.');
    expect(idsOf(onCpu)).toEqual(idsOf(onDevice));
    expect(await elsewhere.page.getByText('This browser has no WebGPU, so the models run on the CPU').count()).toBe(1);
    expect(elsewhere.uncaught).toEqual([]);
    await browser.close();
  });

  it('no adapter: the pair runs on the CPU, from files that are kept, without a library', async () => {
    const browser = await launch(WITHOUT_WEBGPU_ARGS);
    const asked = server.requests.length;
    const visit = await Visit.open(browser, server.url);
    expect(await visit.page.evaluate(async () => 'gpu' in navigator && (await navigator.gpu.requestAdapter()))).toBeNull();
    await visit.set('Most tokens', 8);
    expect(committed(await visit.run('Count from 1 to 30.'))).toHaveLength(8);
    const fetched = () => server.requests.slice(asked).filter((name) => name.startsWith('models/') && !name.endsWith('manifest.json'));
    expect(fetched().length).toBeGreaterThan(0);
    expect(fetched().filter((name) => name.endsWith('.wasm'))).toEqual([]);
    const before = fetched().length;
    await visit.page.reload();
    expect(committed(await visit.run('Count from 1 to 30.'))).toHaveLength(8);
    expect(fetched()).toHaveLength(before);
    await browser.close();
  });

  it('made of software: what is faster computes, which is measured at the first visit, kept, and said; a choice goes before', async () => {
    const browser = await launch();
    const visit = await Visit.open(browser, server.url, false, 'auto');
    const said = visit.page.getByText(/No graphics card was found, so the page measured what is faster/);
    await said.waitFor();
    const words = (await said.textContent()) ?? '';
    const [, first, second] = /target ([\d.]+) ms on .*, and ([\d.]+) ms/.exec(words) ?? [];
    expect(Number(first)).toBeLessThanOrEqual(Number(second));
    await visit.set('Most tokens', 8);
    const before = await visit.run('Count from 1 to 30.');
    expect(committed(before)).toHaveLength(8);
    await visit.page.reload();
    await said.waitFor();
    // Of what was measured before.
    expect(await said.textContent()).toBe(words);
    await visit.set('Most tokens', 8);
    await visit.page.getByRole('radio', { name: 'WebGPU, where there is one' }).check();
    await visit.page.getByText('The models run on WebGPU, as chosen under More settings').waitFor();
    expect(idsOf(await visit.run('Count from 1 to 30.'))).toEqual(idsOf(before));
    expect(visit.uncaught).toEqual([]);
    await browser.close();
  });

  it('lost in the middle of a run: what was written stays, and the next run loads the models again', async () => {
    const browser = await launch(CRASHABLE);
    const visit = await Visit.open(browser, server.url);
    await visit.choose('Plain decoding');
    await visit.set('Most tokens', 900);
    await visit.start('Count from 1 to 120.');
    await visit.waitForTokens(4, 'plain');
    await crashGraphics(browser);
    const { code, message, hint } = await visit.failure();
    expect(code).toBe('device-lost');
    expect(message).toContain('The graphics device was lost');
    expect(hint).toContain('Run again: the models are loaded again.');
    const kept = await visit.tokens();
    expect(kept.length).toBeGreaterThanOrEqual(4);
    expect(await visit.ended()).toMatch(/^Failed/);

    await visit.set('Most tokens', 4);
    await visit.runButton.click();
    await visit.ended();
    expect(committed(await visit.tokens()).map((token) => token.id)).toEqual(kept.slice(0, 4).map((token) => token.id));
    expect(await visit.alert.count()).toBe(0);
    // web-llm unloads itself when it hears of the loss, and nobody hears that it cannot.
    expect(visit.uncaught.filter((error) => !error.includes('external Instance reference no longer exists'))).toEqual([]);
    await browser.close();
  });

  it('lost between two runs: the next run loads the models again and writes the same', async () => {
    const browser = await launch(CRASHABLE);
    const visit = await Visit.open(browser, server.url);
    await visit.set('Most tokens', 4);
    const before = await visit.run('Count from 1 to 120.');
    await crashGraphicsOf(visit.page, browser);
    expect(await visit.tokens()).toEqual(before);
    expect(await visit.run('Count from 1 to 120.')).toEqual(before);
    expect(await visit.alert.count()).toBe(0);
    await browser.close();
  });

  it('lost while models load: the run that waits for them gets a new one', async () => {
    server.break('models/target/resolve/main/tokenizer.json', 'held');
    const browser = await launch(CRASHABLE);
    const visit = await Visit.open(browser, server.url);
    await visit.set('Most tokens', 4);
    await visit.start('Count from 1 to 120.');
    await expect.poll(() => visit.page.getByText('ready', { exact: true }).count(), { timeout: 60_000 }).toBe(1);
    await crashGraphicsOf(visit.page, browser);
    server.repair();
    expect(await visit.ended()).toMatch(/^Finished/);
    const tokens = await visit.tokens();
    expect(committed(tokens)).toHaveLength(4);
    expect(await visit.run('Count from 1 to 120.')).toEqual(tokens);
    expect(await visit.alert.count()).toBe(0);
    await browser.close();
  });
});

import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS } from '../../scripts/chromium.mjs';
import { BUILT } from './support/build';
import { committed, launch, Visit } from './support/page';
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

describe('the graphics device', () => {
  it('no WebGPU: says where there is some, before anything large is downloaded', async () => {
    // Browsers give WebGPU to https and localhost only, so any other name has none.
    const browser = await launch([...CHROMIUM_ARGS, '--host-resolver-rules=MAP lecture.test 127.0.0.1']);
    const visit = await Visit.open(browser, server.url.replace('127.0.0.1', 'lecture.test'));
    expect(await visit.page.evaluate(() => 'gpu' in navigator)).toBe(false);
    const asked = server.requests.length;
    await visit.start('Is anyone there?');
    const { code, message, hint } = await visit.failure();
    expect([code, message]).toEqual(['no-webgpu', 'This browser has no WebGPU.']);
    expect(hint).toMatch(/Chrome, Edge, Safari or Firefox.*over https or localhost/);
    expect(await visit.prompt.inputValue()).toBe('Is anyone there?');
    expect(server.requests.slice(asked).filter((name) => name.endsWith('.bin'))).toEqual([]);
    await browser.close();
  });

  it('no adapter: says so, before anything large is downloaded', async () => {
    const browser = await launch(['--no-sandbox', '--disable-gpu', '--disable-software-rasterizer']);
    const visit = await Visit.open(browser, server.url);
    expect(await visit.page.evaluate(async () => 'gpu' in navigator && (await navigator.gpu.requestAdapter()))).toBeNull();
    const asked = server.requests.length;
    await visit.start('Is anyone there?');
    const { code, message } = await visit.failure();
    expect([code, message]).toEqual(['no-adapter', 'This browser has WebGPU but found no graphics adapter for it.']);
    expect(server.requests.slice(asked).filter((name) => name.endsWith('.bin'))).toEqual([]);
    await browser.close();
  });

  it('lost in the middle of a run: what was written stays, and the next run loads the models anew', async () => {
    const browser = await launch(CRASHABLE);
    const visit = await Visit.open(browser, server.url);
    await visit.choose('Plain decoding');
    await visit.set('Most tokens', 900);
    await visit.start('Count from 1 to 90 in words.');
    await visit.waitForTokens(4);
    await crashGraphics(browser);
    const { code, message, hint } = await visit.failure();
    expect(code).toBe('device-lost');
    expect(message).toContain('The graphics device was lost');
    expect(hint).toContain('Run again: the models are loaded anew.');
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

  it('lost between two runs: the next run loads the models anew and writes the same', async () => {
    const browser = await launch(CRASHABLE);
    const visit = await Visit.open(browser, server.url);
    await visit.set('Most tokens', 4);
    const before = await visit.run('Count from 1 to 90 in words.');
    await crashGraphics(browser);
    // The browser tells the page of the loss a little later.
    await visit.page.waitForTimeout(1000);
    expect(await visit.tokens()).toEqual(before);
    expect(await visit.run('Count from 1 to 90 in words.')).toEqual(before);
    expect(await visit.alert.count()).toBe(0);
    await browser.close();
  });

  it('lost while models load: the run that waits for them gets a new one', async () => {
    server.break('models/target/resolve/main/tokenizer.json', 'held');
    const browser = await launch(CRASHABLE);
    const visit = await Visit.open(browser, server.url);
    await visit.set('Most tokens', 4);
    await visit.start('Count from 1 to 90 in words.');
    await expect.poll(() => visit.page.getByText('ready', { exact: true }).count(), { timeout: 60_000 }).toBe(1);
    await crashGraphics(browser);
    await visit.page.waitForTimeout(1000);
    server.repair();
    expect(await visit.ended()).toMatch(/^Finished/);
    const tokens = await visit.tokens();
    expect(committed(tokens)).toHaveLength(4);
    expect(await visit.run('Count from 1 to 90 in words.')).toEqual(tokens);
    expect(await visit.alert.count()).toBe(0);
    await browser.close();
  });
});

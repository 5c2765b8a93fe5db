import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildAnother } from './support/build';
import { BUILT } from './support/built';
import { committed, idsOf, launch, type ShownToken, Visit } from './support/page';
import { FaultyServer } from './support/server';

const PROMPT = 'Please tell me a story about a gardener and an old mill.';
/** Its answer takes seconds. */
const LONG = 'Count from 1 to 120.';
/** Beside the models, for what a browser adds to them: less than the page needs. */
const LITTLE_ROOM = 3_000_000;
let browser: Browser;

beforeAll(async () => {
  browser = await launch();
  return () => browser.close();
});

const offlineButton = (visit: Visit, state: string) => visit.page.getByRole('button', { name: `Offline: ${state}`, exact: true });

/** Waits until the page says that it works offline, and has stored the draft that was not chosen too. */
async function untilReady(visit: Visit): Promise<void> {
  await offlineButton(visit, 'ready').click({ timeout: 60_000 });
  await visit.page.getByRole('button', { name: 'Delete Weak draft' }).waitFor();
  await visit.page.getByRole('button', { name: 'Close' }).click();
}

/** Opens the step view, which is not part of the shell, in another tab, then the page again, and runs there with the draft that was not chosen before. */
async function runInNewTab(visit: Visit, url: string, prompt = PROMPT): Promise<ShownToken[]> {
  const another = await visit.alsoOpen(`${url}?from=slides#step`);
  await another.page.getByRole('heading', { name: 'The run, step by step' }).waitFor({ state: 'attached' });
  await another.page.goto(url);
  const failed: string[] = [];
  another.page.on('requestfailed', (request) => {
    // The lists of further models are asked for at each visit, and what was read of them before serves without a network.
    if (!/\/models-[^/]+\/manifest\.json$/.test(request.url())) failed.push(request.url());
  });
  await another.choose('Speculative');
  await another.page.getByRole('radio', { name: 'Weak draft' }).check();
  const tokens = await another.run(prompt);
  expect(failed).toEqual([]);
  expect(another.uncaught).toEqual([]);
  return tokens;
}

interface Listed {
  path: string;
  bytes: number;
  sha256: string;
}

/** The list of models, as it is served. */
function readList(): { readonly models: Record<string, { readonly files: Listed[]; readonly libraries: Listed[] }> } {
  return JSON.parse(fs.readFileSync(path.join(BUILT, 'models/manifest.json'), 'utf8'));
}

describe('after one visit', () => {
  it('page and models work with the network off, in the same tab and in a new one, under a policy that lets nothing else run', async () => {
    const server = await FaultyServer.start(BUILT);
    const { url } = server;
    const visit = await Visit.open(browser, url, true);
    const { page } = visit;
    const violations = () => page.evaluate(() => document.documentElement.dataset.violations ?? '');
    await page.evaluate(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        document.documentElement.dataset.violations = `${violatedDirective} ${blockedURI}`;
      });
    });
    await visit.set('Most tokens', 16);
    const before = await visit.run(PROMPT);
    expect(committed(before)).toHaveLength(16);
    await untilReady(visit);
    expect(await violations()).toBe('');
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "taken over"';
      document.head.append(script);
    });
    await expect.poll(violations).toContain('script-src');
    expect(await page.title()).not.toBe('taken over');

    await server.close();
    // The browser still believes in a network: nothing answers.
    await page.reload();
    expect(idsOf(await visit.run(PROMPT))).toEqual(idsOf(before));
    // And none at all.
    await page.context().setOffline(true);
    expect(idsOf(await runInNewTab(visit, url))).toEqual(idsOf(before));
    expect(visit.uncaught).toEqual([]);
    await visit.close();
  });

  it('models that were deleted are not said to be ready, and a list of newer ones whose files never came leaves the stored ones at work', async () => {
    const server = await FaultyServer.start(BUILT);
    const visit = await Visit.open(browser, server.url, true);
    const { page } = visit;
    await visit.set('Most tokens', 8);
    const before = await visit.run(PROMPT);
    await untilReady(visit);
    await offlineButton(visit, 'ready').click();
    await page.getByRole('button', { name: 'Delete Target' }).click();
    const { target } = readList().models;
    const library = target?.libraries.find(({ path: file }) => server.requests.includes(`models/${file}`));
    const bytes = [...(target?.files ?? []), library].reduce((sum, file) => sum + (file?.bytes ?? Number.NaN), 0);
    await page.getByText(`Delete Target? That frees ${(bytes / 1e6).toFixed(1)} MB.`).waitFor();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Not ready to work offline yet.').waitFor();
    const left = await page.evaluate(async () => (await (await caches.open('webllm/model')).keys()).map(({ url }) => url));
    expect(left.filter((url) => url.includes('/models/target/'))).toEqual([]);
    await page.getByRole('button', { name: 'Store Target' }).click();
    await page.getByText(/^Ready to work offline: the page/).waitFor();

    // Of the newer pair the drafts' tokenizer comes, in place of the one before, and the target's weights do not.
    const tokenizer = `${fs.readFileSync(path.join(BUILT, 'models/draft/resolve/main/tokenizer.json'), 'utf8')}\n`;
    const newer = readList();
    for (const file of Object.values(newer.models).flatMap(({ files }) => files)) {
      if (file.path.endsWith('tokenizer.json')) Object.assign(file, await describeText(tokenizer));
      if (file.path === 'target/resolve/main/params_shard_0.bin') file.sha256 = '0'.repeat(64);
    }
    server.replace('models/manifest.json', JSON.stringify(newer));
    for (const id of ['draft', 'weak-draft']) server.replace(`models/${id}/resolve/main/tokenizer.json`, tokenizer);
    await page.reload();
    expect((await visit.failure()).code).toBe('file-damaged');
    await expect.poll(() => offlineButton(visit, 'ready').count()).toBe(0);

    await server.close();
    await page.reload();
    expect(idsOf(await visit.run(PROMPT))).toEqual(idsOf(before));
    expect(await visit.alert.count()).toBe(0);
    await visit.close();
  });
});

describe('a newer version of the page, on a sub-path', () => {
  it('waits to be asked for, never in a run, keeps prompt, run and settings, and works with the network off', async () => {
    const host = fs.mkdtempSync(path.join(os.tmpdir(), 'host-'));
    const room = path.join(host, 'lecture/room');
    fs.mkdirSync(path.dirname(room));
    fs.symlinkSync(BUILT, room);
    const server = await FaultyServer.start(host);
    const url = `${server.url}lecture/room/`;
    const visit = await Visit.open(browser, url, true);
    const { page } = visit;
    await untilReady(visit);
    let loads = 0;
    page.on('load', () => loads++);
    const other = await visit.alsoOpen(url);
    const another = await buildAnother((html) => html.replace('</head>', '<meta name="generation" content="second"></head>'));
    fs.unlinkSync(room);
    fs.symlinkSync(another, room);
    const generation = () => page.locator('meta[name="generation"]').count();

    await offlineButton(visit, 'ready').click();
    await page.getByRole('button', { name: 'Check for a newer version' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    const told = page.getByRole('status').filter({ hasText: 'A newer version of the page is stored.' });
    await told.waitFor();
    const update = told.getByRole('button', { name: 'Update now' });
    await visit.set('Most tokens', 900);
    await visit.choose('Plain decoding');
    await visit.start(LONG);
    await visit.waitForTokens(4, 'plain');
    await expect.poll(() => update.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Escape');
    await visit.ended();
    const before = await visit.tokens();
    expect([loads, await generation()]).toEqual([0, 0]);

    await update.click();
    await expect.poll(generation).toBe(1);
    await expect.poll(() => loads).toBe(1);
    expect(await visit.prompt.inputValue()).toBe(LONG);
    expect(await visit.tokens()).toEqual(before);
    expect(await page.getByRole('spinbutton', { name: 'Most tokens' }).inputValue()).toBe('900');
    expect(await page.getByRole('radio', { name: 'Plain decoding' }).isChecked()).toBe(true);
    // The other tab is told, goes on, and still gets the parts of its own version.
    await other.page.getByRole('status').filter({ hasText: 'Another tab has updated the page.' }).waitFor();
    await other.page.getByRole('link', { name: 'Step' }).click();
    await other.page.getByRole('heading', { name: 'The run, step by step' }).waitFor({ state: 'attached' });
    expect([...visit.uncaught, ...other.uncaught]).toEqual([]);

    await server.close();
    await page.context().setOffline(true);
    await visit.set('Most tokens', 4);
    const offline = idsOf(await runInNewTab(visit, url, LONG));
    expect(offline).toEqual(idsOf(before).slice(0, 4));
    await visit.close();
    fs.rmSync(host, { recursive: true });
  });
});

describe('a browser', () => {
  it('with no room for the page says so, and runs all the same', async () => {
    const server = await FaultyServer.start(BUILT);
    const visit = await Visit.open(browser, 'about:blank', true);
    const storage = await visit.page.context().newCDPSession(visit.page);
    const { models } = readList();
    const stored = Object.values(models).flatMap(({ files, libraries }) => [...files, ...libraries.slice(0, 1)]);
    const bytes = [...new Map(stored.map((file) => [file.path, file.bytes])).values()].reduce((a, b) => a + b, 0);
    await storage.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize: bytes + LITTLE_ROOM });
    await visit.page.goto(server.url);
    await offlineButton(visit, 'not ready').waitFor({ timeout: 90_000 });
    await offlineButton(visit, 'not ready').click();
    await visit.page.getByText(/^The page could not be stored: the browser may have no space for it/).waitFor();
    await visit.page.getByRole('button', { name: 'Close' }).click();
    await visit.set('Most tokens', 3);
    expect(committed(await visit.run(PROMPT))).toHaveLength(3);
    expect(await visit.alert.count()).toBe(0);
    await visit.close();
    await server.close();
  });

  it('that ends the page in the middle of a run finds prompt and output again, and a clear message', async () => {
    const server = await FaultyServer.start(BUILT);
    const visit = await Visit.open(browser, server.url);
    await visit.set('Most tokens', 900);
    await visit.choose('Plain decoding');
    await visit.start(LONG);
    await visit.waitForTokens(4, 'plain');
    await visit.page.reload();
    const { code, message } = await visit.failure();
    expect([code, message]).toEqual(['interrupted', 'This page was reloaded or put away while the models were at work.']);
    await visit.page
      .getByRole('status')
      .filter({ hasText: /^Interrupted: \d+ tokens in \d+ rounds/ })
      .waitFor();
    expect((await visit.tokens()).length).toBeGreaterThanOrEqual(4);
    expect(await visit.prompt.inputValue()).toBe(LONG);
    await visit.set('Most tokens', 3);
    await visit.runButton.click();
    await visit.ended();
    expect(await visit.alert.count()).toBe(0);
    await visit.page.reload();
    expect(await visit.prompt.inputValue()).toBe('');
    expect(await visit.alert.count()).toBe(0);
    await visit.close();
    await server.close();
  });
});

async function describeText(text: string): Promise<{ bytes: number; sha256: string }> {
  const encoded = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoded));
  return { bytes: encoded.length, sha256: Buffer.from(digest).toString('hex') };
}

import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type PreviewServer, preview } from 'vite';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BUILT } from './support/built';
import { committed, launch, Visit } from './support/page';

const root = path.resolve(import.meta.dirname, '../..');
let browser: Browser;
/** The server of `npm start`. */
let own: PreviewServer;
let url = '';
/** A site of someone else, which answers every request. */
let foreign: http.Server;
let foreignUrl = '';
let foreignPage = '';
const askedOfForeign: string[] = [];

beforeAll(async () => {
  browser = await launch();
  own = await preview({ root, logLevel: 'silent', build: { outDir: BUILT }, preview: { port: 0, host: '127.0.0.1' } });
  url = own.resolvedUrls?.local[0] ?? '';
  foreign = http.createServer((request, response) => {
    askedOfForeign.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end(foreignPage);
  });
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  // Another site, and not another port of the same.
  foreignUrl = `http://localhost:${(foreign.address() as AddressInfo).port}/`;
  return async () => {
    await browser.close();
    await own.close();
    foreign.closeAllConnections();
    foreign.close();
  };
});

afterEach(() => {
  askedOfForeign.length = 0;
});

/** Tries, in a page or a worker, what its policy forbids. Run later than the call, since what a debugger evaluates itself may do more. */
const trespass = (address: string) =>
  new Promise<{ evaluated: string; fetched: string }>((resolve) => {
    setTimeout(async () => {
      const name = (error: unknown) => (error as Error).name;
      let evaluated = 'ran';
      try {
        // biome-ignore lint/security/noGlobalEval: it must not run
        globalThis.eval('1');
      } catch (error) {
        evaluated = name(error);
      }
      const fetched = await fetch(address).then(() => 'arrived', name);
      resolve({ evaluated, fetched });
    });
  });

const isIsolated = () => globalThis.crossOriginIsolated;

async function visitForeign(html: string): Promise<Page> {
  foreignPage = html;
  const page = await browser.newPage();
  await page.goto(foreignUrl);
  return page;
}

describe('the headers of npm start', () => {
  it('are those that docs/hosting.md gives to hosts', async () => {
    const documented = fs.readFileSync(path.join(root, 'docs/hosting.md'), 'utf8');
    const [script = ''] = fs.readdirSync(path.join(BUILT, 'assets')).filter((file) => file.endsWith('.js'));
    const headersOf = async (file: string) => {
      const { ok, headers } = await fetch(url + file);
      expect(ok, file).toBe(true);
      return headers;
    };
    for (const file of ['', 'index.html', 'embed.html', 'embed.js', `assets/${script}`, 'serviceWorker.js', 'models/manifest.json']) {
      const headers = await headersOf(file);
      expect(headers.get('x-content-type-options'), file).toBe('nosniff');
      expect(headers.get('referrer-policy'), file).toBe('no-referrer');
      expect(headers.get('permissions-policy'), file).toContain('camera=()');
      expect(documented).toContain(headers.get('permissions-policy'));
    }
    const isolationOf = async (file: string) => {
      const headers = await headersOf(file);
      return [headers.get('cross-origin-opener-policy'), headers.get('cross-origin-embedder-policy')];
    };
    for (const file of ['', 'notes.html']) expect(await isolationOf(file), file).toEqual(['same-origin', 'require-corp']);
    for (const file of [`assets/${script}`, 'serviceWorker.js']) expect(await isolationOf(file), file).toEqual([null, 'require-corp']);
    for (const file of ['embed.html', 'embed.js', 'models/manifest.json']) expect(await isolationOf(file), file).toEqual([null, null]);
    const policyOf = async (file: string) => (await headersOf(file)).get('content-security-policy');
    expect([await policyOf(''), await policyOf('notes.html'), await policyOf('embed.html')]).toEqual([
      "frame-ancestors 'self'",
      "frame-ancestors 'self'",
      null,
    ]);
    const ofWorkers = await policyOf('serviceWorker.js');
    expect(ofWorkers).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(await policyOf(`assets/${script}`)).toBe(ofWorkers);
    expect(documented).toContain(ofWorkers);
  });

  it('let the page run its models, store itself, and fetch from hubs, but evaluate no text, in page and worker', async () => {
    const visit = await Visit.open(browser, url, true);
    await visit.set('Most tokens', 6);
    expect(committed(await visit.run('Count from 1 to 30.'))).toHaveLength(6);
    const [worker] = visit.page.workers();
    expect(worker).toBeDefined();
    expect([await visit.page.evaluate(isIsolated), await worker?.evaluate(isIsolated)]).toEqual([true, true]);
    expect(askedOfForeign).toEqual([]);
    const allowed = { evaluated: 'EvalError', fetched: 'arrived' };
    expect(await visit.page.evaluate(trespass, `${foreignUrl}page`)).toEqual(allowed);
    expect(await worker?.evaluate(trespass, `${foreignUrl}worker`)).toEqual(allowed);
    expect(askedOfForeign).toEqual(['/page', '/worker']);
    await visit.page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor({ timeout: 60_000 });
    const [serviceWorker] = visit.page.context().serviceWorkers();
    expect(await serviceWorker?.evaluate(trespass, `${foreignUrl}service`)).toEqual(allowed);
    expect(visit.uncaught).toEqual([]);
    await visit.close();
  });

  it.each(['embed.html', 'notes.html'])('let %s, which loads no models, reach no other host', async (name) => {
    const page = await browser.newPage();
    await page.goto(url + name);
    expect(await page.evaluate(trespass, `${foreignUrl}${name}`)).toEqual({ evaluated: 'EvalError', fetched: 'TypeError' });
    expect(askedOfForeign).toEqual([]);
    await page.close();
  });

  it('let a page elsewhere frame a recorded run, by frame and by element, and not the page itself', async () => {
    const page = await visitForeign(`<!doctype html>
      <iframe title="page" src="${url}"></iframe>
      <iframe title="recording" src="${url}embed.html#recording=story"></iframe>
      <script type="module" src="${url}embed.js"></script>
      <foretoken-run label="element" recording="story"></foretoken-run>`);
    for (const title of ['recording', 'element']) {
      await page.frameLocator(`iframe[title="${title}"]`).getByRole('button', { name: 'Play' }).first().waitFor();
    }
    expect(await page.frameLocator('iframe[title="page"]').getByRole('button', { name: 'Run' }).count()).toBe(0);
    const frame = await (await page.locator('iframe[title="page"]').elementHandle())?.contentFrame();
    expect(frame?.url()).toContain('chrome-error:');
    await page.close();
  });
});

import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';

/**
 * A page of this folder in a real browser, served by Vite, once `window[ready]` is there.
 *
 * @param {string} file of the page, from the project's root
 * @param {string} ready name of what the page puts on `window`
 * @param {string} [models] folder that is served as the page's models, by default public/models
 */
export async function openBenchPage(file, ready, models) {
  const plugins = models
    ? [{ name: 'models', configureServer: (server) => void server.middlewares.use('/models', serveFolder(models)) }]
    : [];
  const server = await createServer({ plugins, server: { host: '127.0.0.1', port: 0, hmr: false, watch: null }, logLevel: 'error' });
  await server.listen();
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  const open = async () => {
    await page.goto(new URL(file, server.resolvedUrls.local[0]).href);
    await page.waitForFunction((name) => name in window, ready);
  };
  // The first visit makes Vite bundle web-llm, which reloads the page.
  await open();
  await page.waitForTimeout(1500);
  await open();
  return {
    page,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** @param {string} folder */
function serveFolder(folder) {
  return (request, response) => {
    const file = path.join(folder, path.normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)));
    if (fs.statSync(file, { throwIfNoEntry: false })?.isFile()) fs.createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  };
}

import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';

/**
 * A page of this folder in a real browser, served by Vite, once `window[ready]` is there.
 *
 * @param {string} path of the page, from the project's root
 * @param {string} ready name of what the page puts on `window`
 */
export async function openBenchPage(path, ready) {
  const server = await createServer({ server: { host: '127.0.0.1', port: 0, hmr: false, watch: null }, logLevel: 'error' });
  await server.listen();
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  const open = async () => {
    await page.goto(new URL(path, server.resolvedUrls.local[0]).href);
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

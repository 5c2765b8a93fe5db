import { ensurePackages } from '../scripts/install.mjs';

/**
 * The code of a page of this folder: in a browser, or in Node on dawn's WebGPU.
 *
 * @param {string} file of the page, from the project's root
 * @param {string} ready name of what the page puts on `globalThis`
 * @param {{ models?: string, browser: string }} options browser: chromium, firefox or node
 * @returns {ReturnType<typeof import('./browser.mjs').openBenchPage>}
 */
export async function openBench(file, ready, { models, browser }) {
  if (browser === 'node') {
    const { openInNode } = await import('./inNode.mjs');
    return openInNode(ready, models);
  }
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  return openBenchPage(file, ready, { models, browser });
}

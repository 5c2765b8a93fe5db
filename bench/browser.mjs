import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';
import { ENGINE_DEPENDENCIES } from '../scripts/engineDependencies.mjs';
import { launchFirefox } from '../scripts/firefox.mjs';
import { isolationOf } from '../scripts/isolation.mjs';

/** Each browser, newly started: its page, and its name with its version. */
const BROWSERS = {
  chromium: async () => {
    const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
    return { browser, page: await browser.newPage(), name: `Chromium ${browser.version()}` };
  },
  firefox: async () => {
    const browser = await launchFirefox();
    return { browser, page: await browser.newPage(), name: (await browser.version()).replace(/^firefox\//i, 'Firefox ') };
  },
};

/** @param {string} name of the option --browser */
export function requireBrowser(name) {
  if (!(name in BROWSERS)) throw new Error(`--browser is "${name}". Choose ${Object.keys(BROWSERS).join(' or ')}.`);
  return name;
}

/**
 * A page of this folder in a real browser, served by Vite, once `window[ready]` is there.
 *
 * @param {string} file of the page, from the project's root
 * @param {string} ready name of what the page puts on `window`
 * @param {object} [options]
 * @param {string} [options.models] folder that is served as the page's models, by default public/models
 * @param {Record<string, string>} [options.folders] further folders by the paths that they are served at
 * @param {boolean} [options.isolated] whether the page is isolated, which threads need
 * @param {string} [options.browser] chromium or firefox
 * @returns {Promise<{ call: (name: string, ...args: unknown[]) => Promise<any>, open: () => Promise<void>, name: string, close: () => Promise<void> }>}
 *   `call` calls a function of `window[ready]`, `open` loads the page again, `name` is the browser's
 */
export async function openBenchPage(file, ready, { models, folders = {}, isolated = false, browser: wanted = 'chromium' } = {}) {
  const served = Object.entries({ ...(models ? { '/models': models } : {}), ...folders });
  const configureServer = ({ middlewares }) => {
    for (const [at, folder] of served) middlewares.use(at, serveFolder(folder));
  };
  const headers = isolated ? isolationOf(file) : {};
  const server = await createServer({
    plugins: [{ name: 'folders', configureServer }],
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null, headers },
    optimizeDeps: { include: ENGINE_DEPENDENCIES },
    logLevel: 'error',
  });
  await server.listen();
  const { browser, page, name } = await BROWSERS[requireBrowser(wanted)]();
  page.on('pageerror', (error) => console.error(error));
  const open = async () => {
    await page.goto(new URL(file, server.resolvedUrls.local[0]).href);
    while (!(await page.evaluate((global) => global in window, ready))) await pause(50);
  };
  await open();
  return {
    open,
    name,
    call: (method, ...args) => page.evaluate(([global, m, a]) => window[global][m](...a), [ready, method, args]),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a browser runs only under its own type. */
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** @param {string} folder */
function serveFolder(folder) {
  return (request, response) => {
    const file = path.join(folder, path.normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)));
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
    const type = TYPES[path.extname(file)];
    if (type) response.setHeader('Content-Type', type);
    fs.createReadStream(file).pipe(response);
  };
}

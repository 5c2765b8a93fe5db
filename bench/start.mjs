/**
 * npm run bench:start [-- --visits N --json FILE]: how soon a first visit sees a recorded run move and can run the embedded pair itself. Production
 * build, served from this machine, a new profile with empty caches for every visit.
 *
 * Milliseconds from the start of navigation: first token of the recorded run drawn, pair ready (Run is answered at once), and of that time the
 * making of GPU pipelines, by the marks that the engine's worker leaves.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly } from '../scripts/options.mjs';
import { median } from './statistics.mjs';

await failClearly(async () => {
  const { values } = parseArgs({
    options: { visits: { type: 'string', default: '5' }, json: { type: 'string' }, dist: { type: 'string' } },
  });
  const visits = Number(values.visits);
  if (!Number.isInteger(visits) || visits < 1) throw new Error(`--visits is "${values.visits}". Choose a whole number from 1 on.`);
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const { build, preview } = await import('vite');
  const outDir = path.resolve(root, values.dist ?? 'build/start');
  if (!values.dist) await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const seen = [];
  try {
    for (let visit = 0; visit < visits; visit++) {
      // A browser of its own: no cache, no storage, no compiled code, no shaders of an earlier visit.
      const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
      seen.push(await measureVisit(browser, server.resolvedUrls.local[0]));
      console.log(sentence(seen.at(-1)));
      await browser.close();
    }
  } finally {
    await server.close();
  }
  const middle = Object.fromEntries(Object.keys(seen[0]).map((key) => [key, median(seen.map((each) => each[key]))]));
  console.log(`median             ${sentence(middle)}`);
  const machine = { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length };
  if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ machine, visits: seen, median: middle }, null, 1)}\n`);
});

async function measureVisit(browser, url) {
  const page = await browser.newPage();
  await page.addInitScript(watchStart);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.start?.readyMs !== undefined, null, { timeout: 120_000 });
  const { firstTokenMs, readyMs } = await page.evaluate(() => window.start);
  const [worker] = page.workers();
  const made = await worker.evaluate(() =>
    performance
      .getEntriesByType('measure')
      .filter(({ name }) => name === 'pipeline')
      .map(({ startTime, duration }) => ({ startTime, duration })),
  );
  return { firstTokenMs, readyMs, pipelinesMs: union(made) };
}

/** In the page, before its own scripts: notes the frame in which the first token stands, and the moment at which the pair is ready. */
function watchStart() {
  window.start = {};
  const look = () => {
    const { start } = window;
    if (start.firstTokenMs === undefined && document.querySelector('[data-token-id]')) start.firstTokenMs = performance.now();
    const ready = [...document.querySelectorAll('[role="status"]')].some(({ textContent }) => textContent === 'Both models are ready.');
    if (start.readyMs === undefined && ready) start.readyMs = performance.now();
    if (start.readyMs === undefined || start.firstTokenMs === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Milliseconds that lie in at least one of the intervals: two models may be made ready at once. */
function union(intervals) {
  let [total, end] = [0, 0];
  for (const { startTime, duration } of intervals.sort((a, b) => a.startTime - b.startTime)) {
    total += Math.max(0, startTime + duration - Math.max(end, startTime));
    end = Math.max(end, startTime + duration);
  }
  return total;
}

function sentence({ firstTokenMs, readyMs, pipelinesMs }) {
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  return `first recorded token ${seconds(firstTokenMs)}, pair ready ${seconds(readyMs)}, of it making pipelines ${seconds(pipelinesMs)}`;
}

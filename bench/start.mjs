/**
 * Measures how soon a first visit sees a recorded run move and has the embedded pair ready: production build, served from this machine, a browser
 * and a profile of its own for every visit, so that nothing is cached, stored or compiled.
 *
 *   npm run bench:start -- [--json FILE] [--visits 5] [--computed-by webgpu|auto|cpu|without] [--dist FOLDER]...
 *
 * --computed-by: what is chosen on the page, where the browser's adapter is made of software; webgpu unless given. `without`: nothing, in a browser that
 * finds no adapter. Without --dist the working tree is built; several builds are visited in turn, one visit each, so that they can be compared.
 * Milliseconds from the start of navigation: the first token of the recorded run drawn; the run moving, which is the first frame in which a further draft of
 * it is drawn in the lane or a further token in the text; the pair ready, from where on Run is answered at once; and of that time the making of GPU
 * pipelines, by the marks of the engine's worker, 0 where none were made.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium, WITHOUT_WEBGPU_ARGS } from '../scripts/chromium.mjs';
import { ensurePackages } from '../scripts/install.mjs';
import { keepChoice } from '../scripts/keptChoice.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { servePage } from '../scripts/servePage.mjs';
import { spread } from './statistics.mjs';

const CHOICES = ['webgpu', 'auto', 'cpu', 'without'];
const MEASURES = ['firstTokenMs', 'movingMs', 'readyMs', 'pipelinesMs'];

await failClearly(async () => {
  const options = readOptions();
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const builds = await serve(options.dist);
  const machine = {
    cpu: os.cpus()[0]?.model.trim(),
    cores: os.cpus().length,
    load: os.loadavg()[0],
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
  };
  try {
    for (let visit = 0; visit < options.visits; visit++) {
      for (const build of rotate(builds, visit)) {
        const args = options.computedBy === 'without' ? WITHOUT_WEBGPU_ARGS : CHROMIUM_ARGS;
        const browser = await chromium.launch({ executablePath: ensureChromium(), args });
        try {
          machine.browser = `Chromium ${browser.version()}`;
          const { adapter, ...times } = await measureVisit(browser, build.url, options.computedBy);
          machine.adapter = adapter;
          build.visits.push(times);
          console.log(`${build.name}: ${sentence(times)}`);
        } finally {
          await browser.close();
        }
      }
    }
  } finally {
    await Promise.all(builds.map(({ close }) => close()));
  }
  const report = builds.map(({ name, visits }) => ({ build: name, ...summarise(visits), visits }));
  console.log(
    `\n${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} before; ${machine.browser}, adapter ${machine.adapter}`,
  );
  for (const { build, ...measures } of report) {
    console.log(
      `${build}, median of ${options.visits} visits: ${sentence(Object.fromEntries(MEASURES.map((each) => [each, measures[each].median])))}`,
    );
  }
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ machine, builds: report }, null, 1)}\n`);
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      ...{ visits: { type: 'string', default: '5' }, 'computed-by': { type: 'string', default: 'webgpu' } },
      ...{ json: { type: 'string' }, dist: { type: 'string', multiple: true, default: [] } },
    },
  });
  const computedBy = values['computed-by'];
  if (!CHOICES.includes(computedBy)) throw new Error(`--computed-by is "${computedBy}". Choose ${CHOICES.join(', ')}.`);
  const visits = wholeNumber('visits', values.visits);
  for (const folder of values.dist) {
    if (!fs.existsSync(path.join(folder, 'index.html')))
      throw new Error(`--dist is "${folder}", where no index.html is. Build one: npm run build -- --out ${folder}`);
  }
  return { ...values, computedBy, visits };
}

/** Every folder of `dist`, served on a port of its own; the working tree's build if absent. */
async function serve(dist) {
  const own = 'build/start';
  return Promise.all(
    (dist.length === 0 ? [undefined] : dist).map(async (built) => {
      return { name: path.basename(path.resolve(built ?? own)), ...(await servePage(own, built)), visits: [] };
    }),
  );
}

async function measureVisit(browser, url, computedBy) {
  const page = await browser.newPage();
  if (computedBy !== 'without') await page.addInitScript(keepChoice, computedBy);
  await page.addInitScript(watchStart);
  await page.goto(url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.start?.readyMs !== undefined && window.start.movingMs !== undefined, null, { timeout: 120_000 });
  const { firstTokenMs, movingMs, readyMs } = await page.evaluate(() => window.start);
  const adapter = await page.evaluate(async () => {
    const { vendor, architecture } = (await navigator.gpu?.requestAdapter())?.info ?? {};
    return [vendor, architecture].filter(Boolean).join(' ') || 'none';
  });
  const [worker] = page.workers();
  const made = await worker.evaluate(() =>
    performance
      .getEntriesByType('measure')
      .filter(({ name }) => name === 'pipeline')
      .map(({ startTime, duration }) => ({ startTime, duration })),
  );
  if (computedBy === 'webgpu' && made.length === 0) throw new Error('The engine left no marks of the pipelines that it made.');
  return { adapter, firstTokenMs, movingMs, readyMs, pipelinesMs: union(made) };
}

/** In the page, before its own scripts: looks at every frame. */
function watchStart() {
  window.start = {};
  let first = '';
  const look = () => {
    const { start } = window;
    const count = (selector) => document.querySelectorAll(selector).length;
    const tokens = count('[data-token-id]');
    const drawn = `${tokens} ${count('.lane-token.pending')}`;
    if (start.firstTokenMs === undefined && tokens > 0) {
      start.firstTokenMs = performance.now();
      first = drawn;
    }
    if (start.movingMs === undefined && first !== '' && drawn !== first) start.movingMs = performance.now();
    const ready = [...document.querySelectorAll('[role="status"]')].some(({ textContent }) => textContent === 'Both models are ready.');
    if (start.readyMs === undefined && ready) start.readyMs = performance.now();
    if (start.readyMs === undefined || start.movingMs === undefined) requestAnimationFrame(look);
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

function summarise(visits) {
  return Object.fromEntries(MEASURES.map((measure) => [measure, spread(visits.map((each) => each[measure]))]));
}

function rotate(list, by) {
  return list.map((_, i) => list[(i + by) % list.length]);
}

function sentence({ firstTokenMs, movingMs, readyMs, pipelinesMs }) {
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  return `first token ${seconds(firstTokenMs)}, moving ${seconds(movingMs)}, pair ready ${seconds(readyMs)}, of it pipelines ${seconds(pipelinesMs)}`;
}

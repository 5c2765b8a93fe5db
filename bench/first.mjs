/**
 * Measures what a first run loses because nothing is known of the device yet: tokens per second of a visit's first run, asked as soon as the pair is
 * ready, over those of the same prompt later, when its costs have been measured. Production build, served from this machine, a browser and a
 * profile of its own for every visit.
 *
 *   npm run bench:first -- [--browser chromium|firefox]... [--visits 4] [--runs 10] [--after 1000] [--json FILE] [--dist FOLDER]
 *
 * Without --browser both are visited in turn; visits take the prompts of bench/prompts.json that have a story, a record or a function to write in turn.
 * --after: milliseconds from the moment that the pair is ready to the first run, 0 unless given.
 * Without --dist the working tree is built. Speeds leave out the first token and its prompt, as the page's own do.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';
import { launchFirefox } from '../scripts/firefox.mjs';
import { ensurePackages, root } from '../scripts/install.mjs';
import { keepChoice } from '../scripts/keptChoice.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { servePage } from '../scripts/servePage.mjs';
import { geometricMean, spread } from './statistics.mjs';

/** A page of each browser, newly started, for someone who prefers reduced motion: a visitor's first run is not replayed slowly, and its figures are there at its end. */
const BROWSERS = {
  chromium: async () => {
    const { chromium } = await import('playwright-core');
    const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    await page.addInitScript(keepChoice, 'webgpu');
    return { browser, page, name: `Chromium ${browser.version()}` };
  },
  firefox: async () => {
    const browser = await launchFirefox({ 'ui.prefersReducedMotion': 1 });
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(keepChoice, 'webgpu');
    return { browser, page, name: await browser.version() };
  },
};
const KINDS = ['story', 'json', 'code'];
const PATIENCE_MS = 180_000;

await failClearly(async () => {
  const options = readOptions();
  ensurePackages();
  const { url, close } = await servePage('build/first', options.dist);
  const machine = { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0] };
  const [prompts, visits] = [readPrompts(), []];
  try {
    for (let at = 0; at < options.visits; at++) {
      for (const browser of options.browser) {
        const visit = await measureVisit(browser, url, prompts[at % prompts.length], options);
        visits.push(visit);
        console.log(
          `${visit.version}, ${visit.prompt}: ${visit.speeds.map((speed) => speed.toFixed(1)).join(', ')} tokens/s; rounds ${visit.rounds.join(', ')}`,
        );
      }
    }
  } finally {
    await close();
  }
  console.log(`\n${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} before`);
  const report = options.browser.map((browser) => ({ browser, ...summarise(visits.filter((visit) => visit.browser === browser)) }));
  for (const { browser, ratio, first, last } of report) {
    console.log(
      `${browser}: first over run ${options.runs} ${ratio.mean.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}); tokens/s ${first.toFixed(1)} and ${last.toFixed(1)}`,
    );
  }
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ machine, report, visits }, null, 1)}\n`);
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      browser: { type: 'string', multiple: true, default: Object.keys(BROWSERS) },
      visits: { type: 'string', default: '4' },
      runs: { type: 'string', default: '10' },
      after: { type: 'string', default: '0' },
      json: { type: 'string' },
      dist: { type: 'string' },
    },
  });
  const unknown = values.browser.find((name) => !(name in BROWSERS));
  if (unknown) throw new Error(`--browser is "${unknown}". Choose ${Object.keys(BROWSERS).join(' or ')}.`);
  if (values.dist && !fs.existsSync(path.join(values.dist, 'index.html')))
    throw new Error(`--dist is "${values.dist}", where no index.html is. Build one: npm run build -- --out ${values.dist}`);
  const runs = wholeNumber('runs', values.runs);
  if (runs < 2) throw new Error('--runs is 1. Choose 2 or more: the first run is compared with the last.');
  const after = Number(values.after);
  if (!(after >= 0)) throw new Error(`--after is "${values.after}". Choose milliseconds, 0 or more.`);
  return { ...values, after, visits: wholeNumber('visits', values.visits), runs };
}

/** The prompts of `KINDS` in turn. */
function readPrompts() {
  const all = JSON.parse(fs.readFileSync(path.join(root, 'bench/prompts.json'), 'utf8'));
  const byKind = KINDS.map((kind) => all.filter((each) => each.kind === kind));
  return byKind[0].flatMap((_, i) => byKind.flatMap((prompts) => prompts[i] ?? []));
}

/** A visit of someone who was never there: tokens per second, and rounds, of each of `runs` runs of one prompt. */
async function measureVisit(browserName, url, { id, prompt }, { runs, after }) {
  const { browser, page, name } = await BROWSERS[browserName]();
  try {
    await page.goto(url);
    await untilInPage(page, isReady);
    await new Promise((resolve) => setTimeout(resolve, after));
    const [speeds, rounds] = [[], []];
    for (let run = 0; run < runs; run++) {
      const told = await page.evaluate(runOnce, prompt);
      speeds.push(told.speed);
      rounds.push(told.rounds);
      // The page measures the pair's costs after the first run; later runs know them.
      if (run === 0) await untilInPage(page, isMeasured);
    }
    if (!speeds.every((speed) => speed > 0)) throw new Error(`A run of ${id} told no speed in ${name}: ${speeds.join(', ')}.`);
    return { browser: browserName, version: name, prompt: id, speeds, rounds };
  } finally {
    await browser.close();
  }
}

async function untilInPage(page, condition) {
  const end = Date.now() + PATIENCE_MS;
  while (!(await page.evaluate(condition))) {
    if (Date.now() > end) throw new Error(`The page did not come as far as ${condition.name} within ${PATIENCE_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** In the page. */
function isReady() {
  return [...document.querySelectorAll('[role="status"]')].some(({ textContent }) => textContent === 'Both models are ready.');
}

/** In the page. */
function isMeasured() {
  return (localStorage.getItem('foretoken.calibrations') ?? '').includes('verifyMs');
}

/** In the page: asks `prompt` and gives the run's tokens per second and rounds once it has ended; NaN if the page says none. */
function runOnce(prompt) {
  const box = document.querySelector('main textarea');
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, prompt);
  box.dispatchEvent(new Event('input', { bubbles: true }));
  const status = () => document.querySelector('.run-status')?.textContent ?? '';
  return new Promise((resolve) => {
    let running = false;
    const look = () => {
      const ended = /^(Finished|Stopped|Failed)/.test(status());
      running ||= status() !== '' && !ended;
      if (!running || !ended) return;
      observer.disconnect();
      const count = (key) => Number.parseFloat(document.querySelector(`[data-count="${key}"]`)?.textContent ?? '');
      resolve({ speed: count('tokensPerSecond'), rounds: count('rounds') });
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    const buttons = [...document.querySelectorAll('main button')];
    setTimeout(() =>
      buttons.find((button) => (button.getAttribute('aria-label') ?? button.firstChild?.textContent)?.trim() === 'Run')?.click(),
    );
  });
}

function summarise(visits) {
  const ratios = visits.map(({ speeds }) => speeds[0] / speeds.at(-1));
  const mean = (at) => geometricMean(visits.map(({ speeds }) => speeds.at(at)));
  return { ratio: { mean: geometricMean(ratios), ...spread(ratios) }, first: mean(0), last: mean(-1) };
}

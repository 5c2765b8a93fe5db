/**
 * Measures a download as a person has it in the view Models, from a server on this machine that has made-up weights under published addresses:
 *
 *   npm run bench:download -- [--json FILE] [--megabytes 1000] [--slow-megabytes 100] [--mbits 20] [--dist FOLDER]
 *
 * - Memory: how much more the browser's processes hold (resident, from /proc, so on Linux only) while a gigabyte comes as fast as it can: the page's, with its engine's
 *   worker, and all of them together.
 * - Figures: on a link of so many Mbit/s, what the page says of the rate and the time left, beside what follows: the mean rate from then on, and the time until it is stored.
 *
 * Without --dist the working tree is built.
 */
import { createHash, randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { servePage } from '../scripts/servePage.mjs';
import { median } from './statistics.mjs';

const SHARD_BYTES = 32 << 20;
const SLICE_BYTES = 64 << 10;
/** A throttled answer is sent in portions of this length. */
const PORTION_MS = 20;
const PATIENCE_MS = 300_000;
/** Before that the page has too little to tell a rate by. */
const SETTLED_MS = 8000;
/** Less than this is left at the end: a second is then more than a tenth of it. */
const LEAST_LEFT_S = 5;
const [LARGE, SMALL] = ['Qwen2.5-1.5B-Instruct', 'Qwen3-1.7B'];

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      megabytes: { type: 'string', default: '1000' },
      'slow-megabytes': { type: 'string', default: '100' },
      mbits: { type: 'string', default: '20' },
      dist: { type: 'string' },
    },
  });
  if (!fs.existsSync('/proc/self/smaps_rollup'))
    throw new Error('The memory of processes is read from /proc, which only Linux has. Run it there.');
  const mbits = wholeNumber('mbits', values.mbits);
  const hub = await serveModels([
    { name: LARGE, bytes: 1e6 * wholeNumber('megabytes', values.megabytes), bytesPerSecond: Number.POSITIVE_INFINITY },
    { name: SMALL, bytes: 1e6 * wholeNumber('slow-megabytes', values['slow-megabytes']), bytesPerSecond: (1e6 * mbits) / 8 },
  ]);
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const { url, close } = await servePage('build/download', values.dist);
  try {
    const visit = () => openModels(chromium, url, hub.url);
    const memory = await measureMemory(await visit());
    console.log(
      `Memory above that before, MB: the page ${inMegabytes(memory.page.above)} at most, ${inMegabytes(memory.page.after)} when all had come; all processes ${inMegabytes(memory.all.above)} and ${inMegabytes(memory.all.after)}. ` +
        `${inMegabytes(memory.bytes)} MB came in ${memory.seconds.toFixed(0)} s.`,
    );
    const figures = await measureFigures(await visit());
    const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)}, Chromium`;
    console.log(machine);
    console.log(`At ${mbits} Mbit/s, of ${figures.looks} looks: rate ${sentence(figures.rate)}; time left ${sentence(figures.left)}.`);
    if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ machine, mbits, memory, figures }, null, 1)}\n`);
  } finally {
    await close();
    hub.close();
  }
});

/** The view Models of a new visitor, with the mirror at `mirror`, in a profile on disk: a private one would hold what is stored in memory. */
async function openModels(chromium, url, mirror) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'foretoken-download-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...{ executablePath: ensureChromium(), args: CHROMIUM_ARGS, headless: true, serviceWorkers: 'block' },
  });
  const [page] = context.pages();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${url}#models`);
  await page.getByRole('textbox', { name: /^Address of a mirror/ }).fill(mirror);
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  // The page's own pair is loaded meanwhile.
  await page.getByText('The chosen models are ready.').waitFor({ state: 'attached' });
  const close = async () => {
    await context.close();
    fs.rmSync(profile, { recursive: true, force: true });
  };
  return { page, close };
}

/** Has `page` look at the model `name`, without a draft. @returns its box */
async function look(page, name) {
  const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });
  const draft = row.first().getByRole('combobox', { name: `Draft for ${name}` });
  if ((await draft.count()) > 0) await draft.first().selectOption('');
  await page
    .getByRole('button', { name: `Look at it: ${name}`, exact: true })
    .first()
    .click();
  const card = page.getByRole('region', { name: new RegExp(`^${name} q4f\\d+_1$`) });
  await card.getByRole('button', { name: /^Download \d/ }).waitFor();
  return card;
}

async function measureMemory({ page, close }) {
  const card = await look(page, LARGE);
  await page.waitForTimeout(3000);
  const before = memoryOf();
  const most = { ...before };
  let watching = true;
  const watch = (async () => {
    while (watching) {
      const now = memoryOf();
      for (const part of Object.keys(most)) most[part] = Math.max(most[part], now[part]);
      await new Promise((next) => setTimeout(next, 200));
    }
  })();
  const began = performance.now();
  await card.getByRole('button', { name: /^Download \d/ }).click();
  await card.getByText('Stored in this browser.').waitFor();
  const seconds = (performance.now() - began) / 1000;
  watching = false;
  await watch;
  await page.waitForTimeout(3000);
  const after = memoryOf();
  const bytes = await page.evaluate(async () => (await navigator.storage.estimate()).usage);
  await close();
  const part = (name) => ({ before: before[name], above: most[name] - before[name], after: after[name] - before[name] });
  return { page: part('page'), all: part('all'), bytes, seconds };
}

/** Bytes that the browser's processes hold: those of pages with their workers, and all of them. What several share counts in parts. */
function memoryOf() {
  const sizes = descendants(process.pid).map((pid) => ({
    isPage: read(pid, 'cmdline').includes('--type=renderer'),
    bytes: residentBytes(pid),
  }));
  const sum = (some) => some.reduce((total, { bytes }) => total + bytes, 0);
  return { page: sum(sizes.filter(({ isPage }) => isPage)), all: sum(sizes) };
}

/** Of the process `pid`, those that it began and those that they began. */
function descendants(pid) {
  const children = read(pid, `task/${pid}/children`).split(' ').filter(Boolean);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function residentBytes(pid) {
  const [, kilobytes = '0'] = /^Pss:\s+(\d+) kB/m.exec(read(pid, 'smaps_rollup')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Empty where the process has ended meanwhile. */
function read(pid, file) {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

async function measureFigures({ page, close }) {
  const card = await look(page, SMALL);
  await card.getByRole('button', { name: /^Download \d/ }).click();
  const bar = card.getByRole('progressbar');
  await bar.waitFor();
  const began = performance.now();
  const looks = [];
  while (!(await card.getByText('Stored in this browser.').isVisible())) {
    const told = await bar
      .evaluate((element) => ({ text: element.getAttribute('aria-valuetext'), bytes: Number(element.getAttribute('aria-valuenow')) }))
      .catch(() => null);
    if (told) looks.push({ atMs: performance.now(), ...told });
    await page.waitForTimeout(500);
  }
  const endMs = performance.now();
  await close();
  const end = { atMs: endMs, bytes: looks.at(-1).bytes };
  const settled = looks.filter(({ atMs }) => atMs - began > SETTLED_MS && endMs - atMs > 1000 * LEAST_LEFT_S);
  const errors = { rate: [], left: [] };
  for (const { atMs, bytes, text } of settled) {
    const [, mbits] = /([\d.]+) Mbit\/s/.exec(text) ?? [];
    const left = secondsIn(text);
    if (mbits === undefined || left === null) throw new Error(`The page tells no rate or no time: "${text}".`);
    const follows = (8 * (end.bytes - bytes)) / 1e3 / (end.atMs - atMs);
    errors.rate.push(Number(mbits) / follows - 1);
    errors.left.push((1000 * left) / (end.atMs - atMs) - 1);
  }
  return { looks: settled.length, seconds: (endMs - began) / 1000, rate: summarise(errors.rate), left: summarise(errors.left) };
}

/** Of "about 40 s left" or "about 2 min left"; null where there is no such. */
function secondsIn(text) {
  const [, minutes, seconds] = /about (?:(\d+) min ?)?(?:(\d+) s )?left/.exec(text) ?? [];
  return minutes === undefined && seconds === undefined ? null : 60 * Number(minutes ?? 0) + Number(seconds ?? 0);
}

function summarise(errors) {
  const sizes = errors.map(Math.abs);
  return { within10: sizes.filter((size) => size <= 0.1).length / sizes.length, median: median(sizes), most: Math.max(...sizes) };
}

function sentence({ within10, median: typical, most }) {
  const percent = (share) => `${(100 * share).toFixed(0)} %`;
  return `within 10 % in ${percent(within10)} of them, ${percent(typical)} off in the median, ${percent(most)} at most`;
}

function inMegabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

/**
 * Serves models of so many bytes under the paths that hubs have, each as fast as it says; small files and library are the embedded target's. The weights are random bytes, the same
 * in each shard except for its number.
 */
async function serveModels(models) {
  const shipped = (file) => fs.readFileSync(path.join(root, 'public/models', file));
  const weights = randomFillSync(Buffer.alloc(SHARD_BYTES));
  const answers = new Map();
  for (const { name, bytes, bytesPerSecond } of models) {
    const shards = Array.from({ length: Math.ceil(bytes / SHARD_BYTES) }, (_, at) => ({
      at,
      length: Math.min(SHARD_BYTES, bytes - at * SHARD_BYTES),
    }));
    const records = shards.map(({ at, length }) => {
      const dataPath = `params_shard_${at}.bin`;
      const md5sum = createHash('md5')
        .update(numbered(weights, at, length))
        .digest('hex');
      const tensor = { name: `weights.${at}`, shape: [length], dtype: 'uint8', format: 'raw', nbytes: length, byteOffset: 0 };
      return { dataPath, format: 'raw-shard', nbytes: length, md5sum, records: [tensor] };
    });
    const put = (file, content) => answers.set(`${name}/${file}`, { content, bytesPerSecond });
    for (const file of ['mlc-chat-config.json', 'tokenizer.json']) put(file, () => shipped(`target/resolve/main/${file}`));
    put('tensor-cache.json', () => Buffer.from(JSON.stringify({ metadata: {}, records })));
    for (const { at, length } of shards) put(`params_shard_${at}.bin`, () => numbered(weights, at, length));
    put('wasm', () => shipped('libraries/target.wasm'));
  }
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    // A library may be another model's of the same shape.
    const isLibrary = pathname.endsWith('.wasm');
    const model = models.find(({ name }) => isLibrary || pathname.includes(`/${name}-`));
    const answer = answers.get(`${model?.name}/${isLibrary ? 'wasm' : pathname.split('/').at(-1)}`);
    if (!answer) {
      response.writeHead(404, { 'access-control-allow-origin': '*' }).end();
      return;
    }
    const content = answer.content();
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': content.length });
    void send(response, content, answer.bytesPerSecond);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The first `length` of `bytes`, with `number` in the first four. */
function numbered(bytes, number, length) {
  const content = Buffer.from(bytes.subarray(0, length));
  content.writeUInt32LE(number, 0);
  return content;
}

async function send(response, content, bytesPerSecond) {
  const isThrottled = Number.isFinite(bytesPerSecond);
  const size = isThrottled ? Math.round((bytesPerSecond * PORTION_MS) / 1000) : SLICE_BYTES;
  const began = performance.now();
  for (let at = 0; at < content.length && !response.destroyed; at += size) {
    if (!response.write(content.subarray(at, at + size))) await drained(response);
    const due = began + ((at + size) / bytesPerSecond) * 1000;
    if (isThrottled && due > performance.now()) await new Promise((go) => setTimeout(go, due - performance.now()));
  }
  response.end();
}

/** Until more can be written, or the answer has been left. */
function drained(response) {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

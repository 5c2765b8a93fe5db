/**
 * npm run traces [-- --machine "how to name this machine"] [--dist FOLDER]: records the runs that come with the page (public/traces, the one
 * that the page opens with and those of the lessons) from the production build in Chromium, through the page's own buttons. Builds the page
 * unless --dist names a build. Every run is made three times, and the one of middling time is kept. Needs a few minutes; nothing is written
 * unless every run was recorded.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';
import { LESSONS, OPENING, RECORDINGS } from './recordings.mjs';

const MACHINE = `${os.cpus().length} cores of ${(os.cpus()[0]?.model ?? 'a processor').replaceAll('(R)', '').trim()}`;
const LIBRARY = path.join(root, 'public/traces');
const OPENING_FILE = path.join(root, 'src/store/opening.json');
const LESSONS_FOLDER = path.join(root, 'src/lessons/recorded');
const MOST_BYTES = 400_000;
const MOST_OPENING_BYTES = 9_000;
const REPETITIONS = 3;
const DEFAULTS = {
  mode: 'Speculative',
  draft: 0,
  drafting: 'Model',
  length: 'Adaptive',
  gamma: 4,
  maxTokens: 160,
  temperature: 0,
  seed: 1,
  rule: 'Rejection',
};

await failClearly(async () => {
  const { values } = parseArgs({ options: { machine: { type: 'string' }, dist: { type: 'string' } } });
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const { build, preview, runnerImport } = await import('vite');
  const outDir = path.resolve(root, values.dist ?? 'build/record');
  if (!values.dist) await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const { module: traces } = await runnerImport(path.join(root, 'src/model/traceLink.ts'));
  const server = await preview({ root, logLevel: 'warn', build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    page.setDefaultTimeout(120_000);
    await page.goto(server.resolvedUrls.local[0]);
    await page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    // Settings that are folded away are there all the same.
    await page.locator('details').evaluateAll((all) => {
      for (const each of all) each.setAttribute('open', '');
    });
    const all = [OPENING, ...LESSONS, ...RECORDINGS];
    const seen = new Map(all.map(({ name }) => [name, []]));
    // In turn, so that whatever else the machine does falls on all of them.
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const recording of all) seen.get(recording.name).push(JSON.parse(await record(page, { ...DEFAULTS, ...recording })));
    }
    const files = new Map();
    for (const recording of all) {
      const document = ofMiddleTime(seen.get(recording.name));
      const { adapter } = document.events[0].labels;
      const about = { title: recording.title, recordedAt: document.about.recordedAt, machine: values.machine ?? `${MACHINE}, ${adapter}` };
      const packed = traces.packTrace(decodable(document.events), about);
      files.set(recording.name, `${JSON.stringify(packed)}\n`);
      console.log(`${recording.name.padEnd(18)}${String(files.get(recording.name).length).padStart(8)} bytes`);
    }
    write(files);
  } finally {
    await browser.close();
    await server.close();
  }
});

/** Of runs alike the one in the middle by its time: neither the first of its kind, which makes things ready, nor one that was disturbed. */
function ofMiddleTime(documents) {
  const duration = ({ events }) => events.at(-1).endMs;
  return documents.sort((a, b) => duration(a) - duration(b))[documents.length >> 1];
}

/** One run of the page, by its own controls; the text of the file that it saves. */
async function record(page, recording) {
  await page.getByRole('radio', { name: recording.mode, exact: true }).check();
  if (recording.mode === 'Speculative') {
    await page.getByRole('radio', { name: recording.drafting, exact: true }).check();
    await page.getByRole('group', { name: 'Draft model' }).getByRole('radio').nth(recording.draft).check();
    await page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    await page.getByRole('radio', { name: recording.length, exact: true }).check();
    if (recording.length === 'Fixed') await fill(page, 'Draft tokens γ', recording.gamma);
  }
  await fill(page, 'Most tokens', recording.maxTokens);
  await fill(page, 'Temperature', recording.temperature);
  if (recording.temperature > 0) {
    await fill(page, 'Seed', recording.seed);
    await page.getByRole('radio', { name: recording.rule, exact: true }).check();
  }
  await page.getByRole('textbox', { name: 'Prompt' }).fill(recording.prompt);
  await measured(page);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Stop', exact: true, disabled: false }).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true, disabled: true }).waitFor();
  const [said] = await page.getByRole('alert').allInnerTexts();
  if (said) throw new Error(`${recording.name}: the page says: ${said}`);
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Save as a file' }).click();
  const file = await (await download).path();
  await page.keyboard.press('Escape');
  return fs.readFileSync(file, 'utf8');
}

function fill(page, field, value) {
  return page.getByRole('spinbutton', { name: field }).fill(String(value));
}

/** Waits until the page knows what the chosen pair costs here, so that a recording says it too; without that it is recorded all the same. */
async function measured(page) {
  const known = page.getByText(/c = /).first();
  await known.waitFor({ timeout: 60_000 }).catch(() => console.warn('  (recorded without what the pair costs here)'));
}

/** Events as they were before they were JSON: a seed may have been too large for a number. */
function decodable(events) {
  return events.map((event) =>
    typeof event.settings?.sampling.seed === 'string'
      ? { ...event, settings: { ...event.settings, sampling: { ...event.settings.sampling, seed: BigInt(event.settings.sampling.seed) } } }
      : event,
  );
}

function write(files) {
  const opening = files.get(OPENING.name);
  if (opening.length > MOST_OPENING_BYTES)
    throw new Error(`The opening has ${opening.length} bytes; at most ${MOST_OPENING_BYTES} fit the shell.`);
  const bytes = RECORDINGS.reduce((sum, { name }) => sum + files.get(name).length, 0);
  if (bytes > MOST_BYTES) throw new Error(`The recordings have ${bytes} bytes together; at most ${MOST_BYTES} shall be shipped.`);
  fs.rmSync(LIBRARY, { recursive: true, force: true });
  fs.mkdirSync(LIBRARY, { recursive: true });
  const recordings = RECORDINGS.map(({ name, title, kind, how }) => ({ name, title, kind, how }));
  fs.writeFileSync(
    path.join(LIBRARY, 'index.json'),
    `${JSON.stringify({ format: 'foretoken-library', version: 1, recordings }, null, 1)}\n`,
  );
  for (const { name } of RECORDINGS) fs.writeFileSync(path.join(LIBRARY, `${name}.json`), files.get(name));
  fs.writeFileSync(OPENING_FILE, opening);
  for (const { name } of LESSONS) fs.writeFileSync(path.join(LESSONS_FOLDER, `${name}.json`), files.get(name));
  console.log(`${RECORDINGS.length} recordings, ${bytes} bytes; the opening, ${opening.length} bytes; ${LESSONS.length} of the lessons`);
}

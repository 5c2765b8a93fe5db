/**
 * npm run traces [-- --machine "how to name this machine"] [--dist FOLDER] [NAME ...]: records the runs that come with the page
 * (public/traces, the one that the page opens with and those of the lessons) from the production build in Chromium, through the page's own
 * buttons; with names only those (scripts/recordings.mjs has them; `conversation` is all of its turns). Builds the page unless --dist names a
 * build. Every run is made three times, and the one of middling time is kept. Needs a few minutes; nothing is written unless every run was
 * recorded.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from './chromium.mjs';
import { ensurePackages, root } from './install.mjs';
import { keepChoice } from './keptChoice.mjs';
import { failClearly } from './options.mjs';
import { CONVERSATION, LESSONS, OPENING, RECORDINGS } from './recordings.mjs';
import { servePage } from './servePage.mjs';

const MACHINE = `${os.cpus().length} cores of ${(os.cpus()[0]?.model ?? 'a CPU').replaceAll('(R)', '').trim()}`;
const FOLDER = path.join(root, 'public/traces');
const OPENING_FILE = path.join(root, 'src/store/recordings/opening.json');
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
  const { values, positionals } = parseArgs({ options: { machine: { type: 'string' }, dist: { type: 'string' } }, allowPositionals: true });
  const wanted = chosen(positionals);
  ensurePackages();
  const { chromium } = await import('playwright-core');
  const { runnerImport } = await import('vite');
  const { module: traces } = await runnerImport(path.join(root, 'src/formats/trace/link.ts'));
  const { url, close } = await servePage('build/record', values.dist);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce', serviceWorkers: 'block' });
    await page.addInitScript(keepChoice, 'webgpu');
    page.setDefaultTimeout(120_000);
    await page.goto(url);
    await page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    // What the page tells of a run, which recordings wait for, comes with the first one.
    await runOnce(page, 'Count from 1 to 30.');
    const alone = wanted.filter((recording) => !CONVERSATION.includes(recording));
    const seen = new Map(wanted.map(({ name }) => [name, []]));
    const keep = ({ name }, text) => seen.get(name).push(JSON.parse(text));
    // In turn, so that other work on the machine affects all of them.
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      for (const recording of alone) keep(recording, await record(page, { ...DEFAULTS, ...recording }));
      if (alone.length < wanted.length) for (const [i, text] of (await haveConversation(page)).entries()) keep(CONVERSATION[i], text);
    }
    const files = new Map();
    for (const recording of wanted) {
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
    await close();
  }
});

/** The recordings in `names`, or all if it is empty. @throws Error for an unknown name */
function chosen(names) {
  const all = [OPENING, ...LESSONS, ...RECORDINGS, ...CONVERSATION];
  const unknown = names.find((name) => name !== 'conversation' && !all.some((recording) => recording.name === name));
  if (unknown) throw new Error(`There is no recording "${unknown}". There are: ${all.map(({ name }) => name).join(', ')}.`);
  // A turn alone would not be the one that goes on from the turns before.
  const turns = names.some((name) => name.startsWith('conversation'));
  return names.length === 0 ? all : all.filter((recording) => (CONVERSATION.includes(recording) ? turns : names.includes(recording.name)));
}

/** Of runs alike the one in the middle by its time: neither the first of its kind, which makes things ready, nor one that was disturbed. */
function ofMiddleTime(documents) {
  const duration = ({ events }) => events.at(-1).endMs;
  return documents.sort((a, b) => duration(a) - duration(b))[documents.length >> 1];
}

/** One run of the page, by its own controls; the text of the file that it saves. */
async function record(page, recording) {
  await settle(page, recording);
  await measured(page);
  await runOnce(page, recording.prompt);
  return saved(page);
}

/** Every turn of one conversation, likewise. */
async function haveConversation(page) {
  await settle(page, { ...DEFAULTS, length: 'Fixed' });
  await measured(page);
  await goTo(page, 'Conversation');
  for (const { prompt } of CONVERSATION) {
    await page.getByRole('textbox', { name: 'Your turn' }).fill(prompt);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await ended(page);
  }
  const texts = [];
  for (let turn = 0; turn < CONVERSATION.length; turn++) {
    await goTo(page, 'Conversation');
    await page.getByRole('button', { name: 'Step by step' }).nth(turn).click();
    await goTo(page, 'Watch');
    texts.push(await saved(page));
  }
  await goTo(page, 'Conversation');
  await page.getByRole('button', { name: 'New conversation' }).last().click();
  await goTo(page, 'Watch');
  return texts;
}

async function goTo(page, view) {
  await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click();
  await page.waitForFunction((name) => document.querySelector('nav a[aria-current="page"]')?.textContent === name, view);
}

async function settle(page, recording) {
  // Settings that are folded away are there all the same.
  await page.locator('details').evaluateAll((all) => {
    for (const each of all) each.setAttribute('open', '');
  });
  await page.getByRole('radio', { name: recording.mode, exact: true }).check();
  if (recording.mode === 'Speculative') {
    await page.getByRole('radio', { name: recording.drafting, exact: true }).check();
    await page.getByRole('group', { name: 'Draft model' }).getByRole('radio').nth(recording.draft).check();
    await page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    await page.getByRole('radio', { name: recording.length, exact: true }).check();
    if (recording.length === 'Fixed') await fill(page, 'Draft length γ', recording.gamma);
  }
  await fill(page, 'Most tokens', recording.maxTokens);
  await fill(page, 'Temperature', recording.temperature);
  if (recording.temperature > 0) {
    await fill(page, 'Seed', recording.seed);
    await page.getByRole('radio', { name: recording.rule, exact: true }).check();
  }
}

async function runOnce(page, prompt) {
  await page.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await ended(page);
}

/** Waits for the end of the run that was just asked for. */
async function ended(page) {
  const stop = page.getByRole('button', { name: 'Stop', exact: true });
  await stop.waitFor();
  await stop.waitFor({ state: 'hidden' });
  const [said] = await page.getByRole('alert').allInnerTexts();
  if (said) throw new Error(`The page says: ${said}`);
}

/** The text of the file that the page saves of the run that stands on it. */
async function saved(page) {
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

/** Puts `files` in their places; what was not recorded this time stays as it is. */
function write(files) {
  const opening = files.get(OPENING.name);
  if (opening && opening.length > MOST_OPENING_BYTES)
    throw new Error(`The opening has ${opening.length} bytes; at most ${MOST_OPENING_BYTES} fit the shell.`);
  const shipped = [...RECORDINGS, ...CONVERSATION];
  const placeOf = (name) => path.join(FOLDER, `${name}.json`);
  const bytesOf = (name) => files.get(name)?.length ?? fs.statSync(placeOf(name)).size;
  const bytes = shipped.reduce((sum, { name }) => sum + bytesOf(name), 0);
  if (bytes > MOST_BYTES) throw new Error(`The recordings have ${bytes} bytes together; at most ${MOST_BYTES} may be shipped.`);
  const recordings = shipped.map(({ name, title, kind, how }) => ({ name, title, kind, how }));
  for (const name of fs.readdirSync(FOLDER))
    if (!recordings.some((each) => `${each.name}.json` === name)) fs.rmSync(path.join(FOLDER, name));
  fs.writeFileSync(
    path.join(FOLDER, 'index.json'),
    `${JSON.stringify({ format: 'foretoken-recordings', version: 1, recordings }, null, 1)}\n`,
  );
  const folders = new Map([[OPENING.name, OPENING_FILE], ...LESSONS.map(({ name }) => [name, path.join(LESSONS_FOLDER, `${name}.json`)])]);
  for (const [name, text] of files) fs.writeFileSync(folders.get(name) ?? placeOf(name), text);
  console.log(`${files.size} recorded; the page has ${recordings.length} recordings, ${bytes} bytes`);
}

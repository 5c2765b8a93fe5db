/**
 * Measures how smoothly the production build draws: the longest task of the main thread, the longest wait for an input (Event Timing), and the
 * cumulative layout shift, while a recorded real run plays at its own pace, while a real run is live, and while a prompt of 100,000 characters is
 * typed in.
 *
 *   npm run bench:page -- [--json FILE] [--repetitions 3]
 *
 * Tasks are those of the renderer's main thread by the browser's own trace, with their time by the clock and on the CPU: on a machine that is
 * busy with other things the first holds the wait for a CPU too.
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { CHROMIUM_ARGS, ensureChromium } from '../scripts/chromium.mjs';
import { ensurePackages } from '../scripts/install.mjs';
import { keepChoice } from '../scripts/keptChoice.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { servePage } from '../scripts/servePage.mjs';

const PROMPT = 'Tell a short story about a fox who finds a bell.';
const LONG_PROMPT = 'The quick brown fox jumps over the lazy dog. '.repeat(2300).slice(0, 100_000);
const PATIENCE_MS = 120_000;

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      repetitions: { type: 'string', default: '3' },
    },
  });
  const count = wholeNumber('repetitions', values.repetitions);
  ensurePackages();
  const { url, close } = await servePage('build/smoothness');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS });
  try {
    const repetitions = [];
    for (let i = 0; i < count; i++) repetitions.push(await measure(browser, url));
    const machine = `${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)}, Chromium ${browser.version()}`;
    console.log(machine);
    for (const repetition of repetitions) console.table(repetition);
    if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ machine, repetitions }, null, 1)}\n`);
  } finally {
    await browser.close();
    await close();
  }
});

/** One visit: what each of its parts cost the main thread. */
async function measure(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.addInitScript(observe);
  await page.addInitScript(keepChoice, 'webgpu');
  // A first run may be replayed slowly; here every run goes as it goes for someone who has run before.
  await page.addInitScript(() => localStorage.setItem('foretoken.visitor', '{"state":{"hasRun":true},"version":1}'));
  const part = (work) => measured(browser, page, work);
  const role = (name, options) => page.getByRole(name, options);
  const finished = () =>
    role('status')
      .filter({ hasText: /^(Finished|Stopped|Failed)/ })
      .waitFor();
  const quiet = async () => {
    await page.getByText('Both models are ready.').waitFor({ state: 'attached' });
    // What this pair costs here is measured once, when both models are there.
    await page.waitForFunction(() => localStorage.getItem('foretoken.calibrations')?.includes('verifyMs'));
  };
  const played = async () => {
    await role('button', { name: 'Play', exact: true }).click();
    await role('button', { name: 'Pause', exact: true }).waitFor();
    await role('button', { name: 'Play', exact: true }).waitFor();
  };
  try {
    const opening = await part(async () => {
      await page.goto(url);
      await quiet();
    });
    await role('textbox', { name: 'Prompt' }).fill(PROMPT);
    const live = await part(async () => {
      await role('button', { name: 'Run', exact: true }).click();
      await role('status').filter({ hasText: 'Running' }).waitFor();
      await finished();
    });
    await page.waitForTimeout(1000);
    const playback = await part(played);
    const typing = await part(async () => {
      const box = role('textbox', { name: 'Prompt' });
      await box.fill(LONG_PROMPT);
      await page.waitForTimeout(500);
      await page.evaluate(() => window.smoothness.reset());
      await box.press('End');
      await page.keyboard.type('twenty letters more', { delay: 60 });
    });
    return {
      'first visit, opening run': opening,
      'live run': live,
      'recorded run, own pace': playback,
      'typing in 100,000 characters': typing,
    };
  } finally {
    await context.close();
  }
}

/** Runs in the page: gathers layout shifts and input delays from now on. */
function observe() {
  const seen = { shift: 0, shiftsAfterInput: 0, event: 0, moved: {} };
  const nameOf = (node) => (node instanceof Element ? node.className || node.tagName : (node?.parentElement?.className ?? 'gone'));
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      seen[hadRecentInput ? 'shiftsAfterInput' : 'shift'] += value;
      for (const { node } of sources) seen.moved[nameOf(node)] = (seen.moved[nameOf(node)] ?? 0) + value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.event = Math.max(seen.event, entry.duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
  const reset = () => Object.assign(seen, { shift: 0, shiftsAfterInput: 0, event: 0, moved: {} });
  window.smoothness = { seen, reset };
}

async function measured(browser, page, work) {
  await page.evaluate(() => window.smoothness?.reset());
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await work();
  const trace = JSON.parse((await browser.stopTracing()).toString());
  // An entry of an observer comes a moment after what it tells of.
  await page.waitForTimeout(200);
  const { shift, shiftsAfterInput, event, moved } = await page.evaluate(() => window.smoothness.seen);
  const { wallMs, cpuMs, over50, culprits } = longestTasks(trace.traceEvents);
  return {
    'longest task, ms': wallMs.toFixed(1),
    'of it on the CPU': cpuMs.toFixed(1),
    'tasks of 50 ms or more': over50,
    'longest input, ms': event || 'below 16',
    'layout shift': shift.toFixed(4),
    'after input': shiftsAfterInput.toFixed(4),
    'in the longest': culprits,
    moved: Object.entries(moved)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 5)
      .map(([name, value]) => `${name} ${value.toFixed(3)}`)
      .join(', '),
  };
}

/** The longest tasks of the main thread of the page's process: the renderer that has most of them. */
function longestTasks(events) {
  const threadOf = ({ pid, tid }) => `${pid}.${tid}`;
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(threadOf);
  const tasks = events.filter((event) => event.name === 'RunTask' && event.ph === 'X');
  const [own = []] = mains.map((main) => tasks.filter((task) => threadOf(task) === main)).sort((one, other) => other.length - one.length);
  const [longest] = [...own].sort((a, b) => b.dur - a.dur);
  if (!longest) throw new Error('The trace holds no task of the page.');
  const within = events.filter(({ pid, tid, ts, dur, name, ph }) => {
    const inside = pid === longest.pid && tid === longest.tid && ts >= longest.ts && ts + (dur ?? 0) <= longest.ts + longest.dur;
    return inside && ph === 'X' && name !== 'RunTask' && dur > longest.dur / 5;
  });
  const named = within.sort((a, b) => b.dur - a.dur).slice(0, 4);
  return {
    wallMs: longest.dur / 1000,
    cpuMs: Math.max(...own.map(({ tdur = 0 }) => tdur)) / 1000,
    over50: own.filter(({ dur }) => dur >= 50_000).length,
    culprits: named.map(({ name, dur }) => `${name} ${(dur / 1000).toFixed(0)}`).join(', '),
  };
}

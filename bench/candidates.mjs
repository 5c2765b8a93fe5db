/**
 * What it costs that the page's greedy runs bring candidates: the same runs with and without, side by side in time, and whether both write the same ids.
 *
 *   npm run bench:candidates -- [--repetitions 5] [--max-tokens 96] [--gamma 4]
 */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { medianInterval } from './statistics.mjs';

const PROMPTS = 6;

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      repetitions: { type: 'string', default: '5' },
      'max-tokens': { type: 'string', default: '96' },
      gamma: { type: 'string', default: '4' },
    },
  });
  const [repetitions, maxTokens, gamma] = ['repetitions', 'max-tokens', 'gamma'].map((name) => wholeNumber(name, values[name]));
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, close } = await openBenchPage('bench/index.html', 'bench');
  try {
    await call('load', 'first');
    const calibration = await call('calibrate', 'first');
    const { run: defaults } = await call('defaults');
    const settings = { ...defaults, gamma, maxTokens, ignoreStopTokens: true };
    const run = (prompt, mode, candidates) => call('run', prompt, 'first', { ...settings, mode, candidates }, calibration);
    for (const mode of ['speculative', 'plain']) print(mode, await compare(run, mode, prompts(), repetitions));
  } finally {
    await close();
  }
});

/** One prompt of every kind there is. */
function prompts() {
  const all = JSON.parse(fs.readFileSync(fileURLToPath(new URL('prompts.json', import.meta.url)), 'utf8'));
  return all.filter(({ kind }, i) => all.findIndex((other) => other.kind === kind) === i).slice(0, PROMPTS);
}

/** Times of the tokens after the first, with over without, in pairs that lie side by side; who goes first changes. */
async function compare(run, mode, list, repetitions) {
  for (const candidates of [true, false]) await run(list[0].prompt, mode, candidates);
  const ratios = [];
  let [equal, oneReadback] = [true, true];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [index, { prompt }] of list.entries()) {
      const order = (repetition + index) % 2 === 0 ? [true, false] : [false, true];
      const seen = new Map();
      for (const candidates of order) seen.set(candidates, await run(prompt, mode, candidates));
      const [rich, bare] = [seen.get(true), seen.get(false)];
      equal &&= rich.ids.join() === bare.ids.join();
      oneReadback &&= rich.readbacks === rich.rounds;
      ratios.push(rich.decodeMs / bare.decodeMs);
    }
  }
  return { ratios, equal, oneReadback };
}

function print(mode, { ratios, equal, oneReadback }) {
  const { median, interval95 } = medianInterval(ratios);
  const figure = (ratio) => ratio.toFixed(3);
  const interval = interval95 ? ` (95 %: ${interval95.map(figure).join(' to ')})` : '';
  console.log(`${mode}: time with candidates over without, median of ${ratios.length} pairs: ${figure(median)}${interval}`);
  console.log(`  ids ${equal ? 'identical' : 'DIFFERENT'}; readbacks a round with candidates: ${oneReadback ? 'one' : 'MORE THAN ONE'}`);
  if (!equal || !oneReadback) process.exitCode = 1;
}

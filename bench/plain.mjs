/**
 * Measures plain decoding by how many tokens it reads back together, and as it chooses by itself, interleaved in one browser, and compares the ids.
 *
 *   npm run bench:plain -- [--json FILE] [--pair embedded|smollm2 | --models FOLDER] [--browser chromium|firefox] [--together 1,2,4,8,16]
 *     [--prompts 4] [--max-tokens 96] [--repetitions 3]
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { findModels, MODEL_OPTIONS } from './models.mjs';
import { ownPrompts } from './ownPrompts.mjs';
import { median, medianInterval, milliseconds } from './statistics.mjs';

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      ...{
        json: { type: 'string' },
        browser: { type: 'string', default: 'chromium' },
        together: { type: 'string', default: '1,2,4,8,16' },
      },
      ...{ prompts: { type: 'string', default: '4' }, 'max-tokens': { type: 'string', default: '96' } },
      ...{ repetitions: { type: 'string', default: '3' }, ...MODEL_OPTIONS },
    },
  });
  const { pair, folder } = findModels(values);
  const together = values.together.split(',').map((each) => wholeNumber('together', each));
  const [count, maxTokens] = [wholeNumber('prompts', values.prompts), wholeNumber('max-tokens', values['max-tokens'])];
  const repetitions = wholeNumber('repetitions', values.repetitions);
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/index.html', 'bench', { models: folder, browser: values.browser });
  try {
    await call('load', null);
    const calibration = await call('calibrate', null);
    const { run: defaults } = await call('defaults');
    const settings = { ...defaults, mode: 'plain', maxTokens, ignoreStopTokens: true };
    const ways = Object.fromEntries(together.map((plain) => [plain, [{ model: 0, ngram: 0, plain }]]));
    ways.chosen = 'auto';
    const run = (prompt, gamma) => call('run', prompt, null, { ...settings, gamma }, calibration);
    const prompts = ownPrompts(pair, count);
    for (const gamma of Object.values(ways)) await run(prompts[0].prompt, gamma);
    const runs = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    const names = Object.keys(ways);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [at, { prompt }] of prompts.entries()) {
        const turn = (repetition + at) % names.length;
        for (const way of [...names.slice(turn), ...names.slice(0, turn)]) runs[way].push(await run(prompt, ways[way]));
      }
    }
    const machine = { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0], browser: name };
    const [first] = names;
    const perToken = ({ decodeMs, tokens }) => decodeMs / (tokens - 1);
    const table = Object.fromEntries(
      names.map((way) => {
        // Runs lie side by side in time, so each is compared with its neighbour.
        const gain = medianInterval(runs[way].map((each, i) => perToken(runs[first][i]) / perToken(each)));
        const equal = runs[way].every(({ ids }, i) => ids.join() === runs[first][i].ids.join());
        return [way, { ms: median(runs[way].map(perToken)), gain, rounds: median(runs[way].map(({ rounds }) => rounds)), equal }];
      }),
    );
    const { readbackMs, plainFixedMs, verifyMs } = calibration;
    if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ machine, pair, maxTokens, calibration, table }, null, 1)}\n`);
    console.log(
      `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}, ${name}, ${runs[first][0].adapter}; pair "${pair}", ${maxTokens} tokens, ${prompts.length} prompts, ${repetitions} interleaved repetitions`,
    );
    console.log(
      `bare readback ${milliseconds(readbackMs)}, decode ${milliseconds(verifyMs[0][0])} and ${milliseconds(plainFixedMs)} besides, as calibrated`,
    );
    console.table(
      Object.fromEntries(
        names.map((way) => {
          const { ms, gain, rounds, equal } = table[way];
          const range = gain.interval95?.map((each) => each.toFixed(2)).join(' to ') ?? 'too few runs';
          return [way, { 'ms a token': ms.toFixed(2), rounds, gain: gain.median.toFixed(3), '95 %': range, 'ids equal': equal }];
        }),
      ),
    );
    if (Object.values(table).some(({ equal }) => !equal)) process.exitCode = 1;
  } finally {
    await close();
  }
});

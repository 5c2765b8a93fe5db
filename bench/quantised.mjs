/**
 * Measures what the form of the weights does to the speed of the target's multiplications: the kernel of the roofline (kernels/roofline.ts)
 * with int8 weights as they are shipped against int8 read in other ways and bfloat16, each with its own fastest tile, all in turns.
 *
 *   npm run bench:quantised -- [--repetitions 15]
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { median } from './statistics.mjs';

const ROWS = [1, 5, 9, 17];
const fixed = (value) => Number(value.toFixed(2));

await failClearly(async () => {
  const { values } = parseArgs({ options: { repetitions: { type: 'string', default: '15' } } });
  const repetitions = wholeNumber('repetitions', values.repetitions);
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/kernels/index.html', 'kernels');
  try {
    console.log(`${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${name}, ${await call('adapter')}`);
    await call('load', 'target');
    for (const rows of ROWS) {
      const { tiles, timings } = await call('forms', 'target', rows, repetitions);
      const report = Object.entries(timings).map(([form, ms]) => {
        const ratios = ms.map((each, i) => each / timings.bfloat16[i]);
        const range = `${fixed(Math.min(...ratios))} to ${fixed(Math.max(...ratios))}`;
        return { rows, form, ms: fixed(median(ms)), 'over bfloat16': fixed(median(ratios)), range, tile: tiles[form] };
      });
      console.table(report);
    }
  } finally {
    await close();
  }
});

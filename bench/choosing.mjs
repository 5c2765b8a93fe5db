/**
 * Measures the kernels that choose tokens (greedy, ranking, sampling) at large vocabularies against one multiplication by the head of a model that has
 * such a vocabulary.
 *
 *   npm run bench:choosing -- [--vocabularies 2048,49152,151936,262144] [--inner 896] [--rows 1,5] [--repetitions 5]
 */
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { median } from './statistics.mjs';

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      ...{ vocabularies: { type: 'string', default: '2048,49152,151936,262144' }, inner: { type: 'string', default: '896' } },
      ...{ rows: { type: 'string', default: '1,5' }, repetitions: { type: 'string', default: '5' } },
    },
  });
  const numbers = (name) => values[name].split(',').map((each) => wholeNumber(name, each));
  const [inner, repetitions] = [wholeNumber('inner', values.inner), wholeNumber('repetitions', values.repetitions)];
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/kernels/index.html', 'kernels');
  try {
    const adapter = await call('adapter');
    console.log(`${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${name}, ${adapter}; load ${os.loadavg()[0].toFixed(1)}`);
    for (const rows of numbers('rows')) {
      const report = {};
      for (const vocabulary of numbers('vocabularies')) {
        const timings = await call('choosing', vocabulary, inner, rows, repetitions);
        for (const [name, each] of Object.entries(timings)) {
          report[name] = { ...report[name], [`${vocabulary}, ms`]: Number(median(each).toFixed(2)) };
        }
      }
      console.log(`${rows} ${rows === 1 ? 'row' : 'rows'}, head [${inner}, vocabulary] in groups of 4 bits`);
      console.table(report);
    }
  } finally {
    await close();
  }
});

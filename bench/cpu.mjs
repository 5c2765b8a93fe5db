/**
 * How fast models run without a graphics card: in WebAssembly, in plain TypeScript, and on the browser's own WebGPU adapter, which in this Chromium is
 * software. The embedded target, and SmolLM2 where public/models-smollm2 has it: one token, and several rows as a verification has them. Each pass also
 * chooses its tokens. Samples are interleaved; a figure is the median of its samples.
 *
 *   npm run bench:cpu -- [--samples 15] [--context 128] [--browser chromium|firefox] [--out report.json]
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly } from '../scripts/options.mjs';
import { spread } from './statistics.mjs';

const MODELS = [
  { name: 'embedded target', list: '/models/manifest.json', id: 'target', file: 'public/models/manifest.json' },
  { name: 'SmolLM2 135M', list: '/models-smollm2/manifest.json', id: 'smollm2', file: 'public/models-smollm2/manifest.json' },
];
const ROWS = [1, 2, 5, 9];

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      samples: { type: 'string', default: '15' },
      context: { type: 'string', default: '128' },
      browser: { type: 'string', default: 'chromium' },
      out: { type: 'string' },
    },
  });
  const [samples, context] = [values.samples, values.context].map(Number);
  if (!(samples >= 1 && context >= 16)) throw new Error('Give --samples from 1 on and --context from 16 on.');
  ensurePackages();
  const { openBenchPage, requireBrowser } = await import('./browser.mjs');
  const { call, name: browser, close } = await openBenchPage('bench/cpu/index.html', 'cpu', { browser: requireBrowser(values.browser) });
  const models = [];
  try {
    for (const { name, list, id, file } of MODELS) {
      if (!fs.existsSync(file)) {
        console.error(`${name}: left out, as ${file} is missing.`);
        continue;
      }
      const adapters = await call('load', list, id, context);
      models.push({ name, adapters, times: await measure(call, samples) });
    }
  } finally {
    await close();
  }
  const load = os.loadavg().map((each) => each.toFixed(1));
  const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'CPU'}`;
  console.log(`${browser}, ${machine}, load ${load.join(', ')}; ${context} tokens in the cache; ms, median of ${samples} samples (least)`);
  for (const { name, adapters, times } of models) {
    for (const [means, told] of Object.entries(adapters)) console.log(`${name}, ${means}: ${told}`);
    console.table(rowsOf(times));
  }
  if (values.out) fs.writeFileSync(values.out, `${JSON.stringify({ browser, machine, load, context, samples, models }, null, 1)}\n`);
});

/** Samples by means and rows, one of each in turns, after one of each that does not count. */
async function measure(call, samples) {
  const means = await call('means');
  const times = Object.fromEntries(means.map((each) => [each, Object.fromEntries(ROWS.map((rows) => [rows, []]))]));
  for (let round = -1; round < samples; round++) {
    for (const rows of ROWS) {
      for (const each of means) {
        const ms = await call('sample', each, rows);
        if (round >= 0) times[each][rows].push(ms);
      }
    }
  }
  return times;
}

function rowsOf(times) {
  return Object.fromEntries(
    Object.entries(times).map(([means, byRows]) => {
      const one = spread(byRows[1]);
      const figures = ROWS.map((rows) => {
        const { median, min } = spread(byRows[rows]);
        const decodes = rows === 1 ? '' : `, ${(median / one.median).toFixed(2)} decodes`;
        return [rows === 1 ? '1 row' : `${rows} rows`, `${median.toFixed(2)} (${min.toFixed(2)})${decodes}`];
      });
      return [means, Object.fromEntries(figures)];
    }),
  );
}

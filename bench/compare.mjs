/**
 * Measures stock web-llm, our plain decoding and speculation on the same prompts in a real browser, interleaved, and
 * compares their outputs id for id.
 *
 *   npm run bench -- --json FILE [--pair embedded|smollm2 | --models FOLDER] [--browser chromium|firefox|node] [--prompts FILE|N] [--max-tokens 128]
 *     [--repetitions 3] [--gamma auto|N] [--draft good|weak|itself|ngram|mixed|ID[,…]] [--temperature 0] [--rule rejection|coupled] [--seed 1]
 *     [--fixed-length] [--no-roofline]
 *
 * In Node it runs on dawn's WebGPU, without the roofline. A run ends with its answer, and answers of few tokens are left out of rates and speeds; --fixed-length goes on past the end, up to --max-tokens.
 * --prompts with a number takes so many of the pair's own, of every kind in turn. --draft may be any draft in the manifest of the models, or several
 * with commas between: all take turns with stock and plain decoding. A chart of the speedup of every prompt is written beside the JSON, as FILE.DRAFT.svg.
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { findModels, MODEL_OPTIONS } from './models.mjs';
import { ownPrompts, readPromptFile } from './ownPrompts.mjs';
import { chart, printReport, summarise } from './report.mjs';
import { median, medianInterval, spread } from './statistics.mjs';

const DRAFTS = {
  good: { model: 'first', drafting: 'model' },
  weak: { model: 'weak', drafting: 'model' },
  itself: { model: 'itself', drafting: 'model' },
  ngram: { model: null, drafting: 'ngram' },
  mixed: { model: 'first', drafting: 'mixed' },
};
const draftOf = (name) => ({ name, ...(DRAFTS[name] ?? { model: name, drafting: 'model' }) });
const ROOFLINE_ROWS = [1, 5, 9, 17];

await failClearly(async () => {
  const options = readOptions();
  const { openBench } = await import('./open.mjs');
  const at = { models: options.folder, browser: options.browser };
  const rooflineMs = options.roofline
    ? await measureRoofline(await openBench('bench/kernels/index.html', 'kernels', at), options.target)
    : null;
  const page = await openBench('bench/index.html', 'bench', at);
  try {
    const [{ model }] = options.drafts;
    tell('storing the models');
    for (const draft of options.drafts) await page.call('load', draft.model);
    await page.open();
    tell('loading them from storage');
    const loadMs = await page.call('load', model);
    await page.call('loadStock');
    const report = { loadMs, ...(await measure(page, options)) };
    report.rooflineMs = rooflineMs;
    report.machine = { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0], browser: page.name };
    if (options.json) {
      fs.writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
      for (const { name } of report.drafts) fs.writeFileSync(`${options.json}.${name}.svg`, chart(report, name));
    }
    printReport(report);
    if (report.runs.some((run) => !run.equal)) process.exitCode = 1;
  } finally {
    await page.close();
  }
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: 'string' },
      browser: { type: 'string', default: 'chromium' },
      prompts: { type: 'string' },
      'max-tokens': { type: 'string', default: '128' },
      repetitions: { type: 'string', default: '3' },
      gamma: { type: 'string', default: 'auto' },
      draft: { type: 'string', default: 'good' },
      temperature: { type: 'string', default: '0' },
      rule: { type: 'string', default: 'rejection' },
      seed: { type: 'string', default: '1' },
      'fixed-length': { type: 'boolean', default: false },
      'no-roofline': { type: 'boolean', default: false },
      ...MODEL_OPTIONS,
    },
  });
  const found = findModels(values);
  const known = [...Object.keys(DRAFTS), ...found.drafts];
  const names = [...new Set(values.draft.split(','))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`There is no draft "${unknown}". Choose of: ${known.join(', ')}.`);
  return {
    ...{ ...found, json: values.json, browser: values.browser, drafts: names.map(draftOf), rule: values.rule },
    ...{ prompts: readPrompts(values.prompts, found.pair), roofline: !values['no-roofline'] && values.browser !== 'node' },
    ...{ temperature: Number(values.temperature), seed: Number(values.seed) },
    gamma: values.gamma === 'auto' ? 'auto' : wholeNumber('gamma', values.gamma),
    fixedLength: values['fixed-length'],
    maxTokens: wholeNumber('max-tokens', values['max-tokens']),
    repetitions: wholeNumber('repetitions', values.repetitions),
  };
}

/** Those of a file; or so many of the pair's own, of every kind in turn. @param {string | undefined} wanted */
function readPrompts(wanted, pair) {
  if (wanted === undefined) return ownPrompts(pair);
  return /^\d+$/.test(wanted) ? ownPrompts(pair, wholeNumber('prompts', wanted)) : readPromptFile(wanted);
}

/** Milliseconds that the target's multiplications alone take, by rows. */
async function measureRoofline({ call, close }, target) {
  try {
    await call('load', target);
    const measured = {};
    for (const rows of ROOFLINE_ROWS) {
      tell(`roofline of ${rows} rows`);
      await call('sweep', target, rows);
      measured[rows] = median((await call('forward', target, rows, 64, 3)).timings.roofline);
    }
    return measured;
  } finally {
    await close();
  }
}

async function measure({ call }, options) {
  const { pair, prompts, gamma, drafts, maxTokens, fixedLength, repetitions, temperature, seed, rule } = options;
  tell('measuring what each pair costs on this device');
  const calibrations = {};
  for (const { name, model } of drafts) calibrations[name] = await call('calibrate', model);
  const { run: defaults, leastTokens, versions } = await call('defaults');
  const shared = { ...defaults, gamma, maxTokens, ignoreStopTokens: fixedLength };
  shared.sampling = { ...defaults.sampling, temperature, seed, rule };
  const run = (settings, { name, model }) => {
    return (prompt) => call('run', prompt, model, { ...shared, ...settings }, calibrations[name]);
  };
  const ways = {
    stock: (prompt) => call('stock', prompt, maxTokens, temperature, fixedLength),
    plain: run({ mode: 'plain' }, drafts[0]),
  };
  for (const draft of drafts) ways[draft.name] = run({ mode: 'speculative', drafting: draft.drafting }, draft);
  // Stock draws from its own generator, so only greedy text can be its text; the rejection rule draws otherwise than plain decoding.
  const comparable = { stock: temperature === 0, plain: temperature === 0 || rule === 'coupled' };
  tell('warming up');
  for (const way of Object.values(ways)) await way(prompts[0].prompt);
  const runs = [];
  for (const [index, { id, kind, prompt }] of prompts.entries()) {
    const seen = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const way of rotate(Object.keys(ways), repetition + index)) seen[way].push(await ways[way](prompt));
    }
    for (const { name } of drafts) {
      const three = { stock: seen.stock, plain: seen.plain, speculative: seen[name] };
      runs.push({ id, kind, draft: name, gamma, temperature, ...compare(three, comparable, leastTokens) });
    }
    const ofPrompt = runs.slice(-drafts.length);
    const speed = (seenOf) => median(seenOf.map(({ tokens, latencyMs }) => (tokens * 1000) / latencyMs)).toFixed(1);
    const speeds = Object.entries(seen).map(([way, all]) => `${way} ${speed(all)}`);
    tell(
      `${index + 1} of ${prompts.length}, ${id}: ${speeds.join(', ')} tokens/s; ids ${ofPrompt.every(({ equal }) => equal) ? 'equal' : 'DIFFERENT'}`,
    );
  }
  return {
    ...{ pair, versions, gamma, temperature, maxTokens, fixedLength, leastTokens, repetitions },
    adapter: runs[0]?.adapter,
    drafts: drafts.map(({ name }) => {
      const calibration = calibrations[name];
      const near = (table) => Object.fromEntries(calibration.rows.map((rows, i) => [rows, table[0][i]]));
      const costs = { decodeMs: calibration.verifyMs[0][0], draftMs: calibration.draftMs[0], verifyMs: near(calibration.verifyMs) };
      return {
        name,
        calibration: { ...costs, readbackMs: calibration.readbackMs, whole: calibration },
        summary: summarise(runs.filter((run) => run.draft === name)),
      };
    }),
    runs,
  };
}

/** What one prompt's repetitions say. Counts are the median run's. @param {number} leastTokens of an answer that rates and speeds count */
function compare(seen, comparable, leastTokens) {
  const byTime = [...seen.speculative].sort((a, b) => a.latencyMs - b.latencyMs);
  const middle = byTime[byTime.length >> 1];
  const ids = (run) => run.ids.join();
  const each = (of) => Object.fromEntries(Object.entries(seen).map(([way, all]) => [way, of(all)]));
  const tokensPerSecond = each((all) => spread(all.map((run) => (run.tokens * 1000) / run.latencyMs)));
  // Repetitions lie side by side in time, so each is compared with its neighbour.
  const ratios = (way) => seen.speculative.map((run, i) => seen[way][i].latencyMs / seen[way][i].tokens / (run.latencyMs / run.tokens));
  return {
    tooShort: Object.values(seen).some((all) => all.some(({ stopped, tokens }) => stopped && tokens < leastTokens)),
    tokens: each((all) => all[0].ids),
    equal: Object.entries(seen)
      .filter(([way]) => comparable[way] ?? true)
      .flatMap(([, all]) => all)
      .every((run) => ids(run) === ids(seen.speculative[0])),
    tokensPerSecond,
    latencyMs: each((all) => median(all.map((run) => run.latencyMs))),
    timeToFirstTokenMs: each((all) => median(all.map((run) => run.timeToFirstTokenMs))),
    plainRounds: seen.plain[0].rounds,
    readbacks: each((all) => all.find((run) => run === middle)?.readbacks ?? all[0].readbacks),
    rounds: middle.rounds,
    targetPasses: middle.passes,
    drafted: middle.drafted,
    accepted: middle.accepted,
    rejected: middle.rejected,
    pastEnd: middle.pastEnd,
    acceptanceByPosition: middle.acceptanceByPosition,
    meanAcceptanceLength: middle.tokens / middle.passes,
    draftLengths: middle.draftLengths,
    parts: middle.parts,
    plainParts: seen.plain[0].parts,
    predictedSpeedup: middle.predictedSpeedup,
    /** What the prediction is of: the first token left out. */
    decodeSpeedup: median(seen.speculative.map((run, i) => decodeMsPerToken(seen.plain[i]) / decodeMsPerToken(run))),
    speedupOverStock: median(ratios('stock')),
    speedupOverPlain: median(ratios('plain')),
    overPlain: medianInterval(ratios('plain')),
    adapter: middle.adapter,
    memoryBytes: middle.memoryBytes,
  };
}

/** A line of progress, with the seconds since the start. */
function tell(text) {
  console.error(`${Math.round(process.uptime())} s: ${text}`);
}

function decodeMsPerToken({ decodeMs, tokens }) {
  return decodeMs / (tokens - 1);
}

function rotate(list, by) {
  return list.map((_, i) => list[(i + by) % list.length]);
}

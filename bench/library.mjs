/**
 * Measures the package against web-llm's own engine in one page: time to the first text, requests per second, and what the API adds to each chunk. All
 * three answer every prompt in turns, streamed, at temperature 0, and must write the same text.
 *
 *   npm run bench:library -- [--rounds 6] [--max-tokens 64] [--json FILE]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { median, spread } from './statistics.mjs';

const NAMES = ['web-llm', 'plain', 'speculative'];
const fixed = (value) => Number(value.toFixed(2));

await failClearly(async () => {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '6' }, 'max-tokens': { type: 'string', default: '64' }, json: { type: 'string' } },
  });
  const [rounds, maxTokens] = [wholeNumber('rounds', values.rounds), wholeNumber('max-tokens', values['max-tokens'])];
  ensurePackages();
  const prompts = JSON.parse(fs.readFileSync(path.join(root, 'bench/prompts.json'), 'utf8'))
    .map(({ prompt }) => prompt)
    .slice(0, rounds);
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/library/index.html', 'library');
  try {
    const answers = Object.fromEntries(NAMES.map((engine) => [engine, []]));
    const loads = {};
    for (const engine of NAMES) loads[engine] = await call('load', engine);
    // The first answer of each compiles what it needs.
    for (const engine of NAMES) await call('ask', engine, prompts[0], 4);
    for (const [at, prompt] of prompts.entries()) {
      const order = NAMES.map((_, index) => NAMES[(index + at) % NAMES.length]);
      for (const engine of order) answers[engine].push(await call('ask', engine, prompt, maxTokens));
      const texts = new Set(NAMES.map((engine) => answers[engine].at(-1).text));
      if (texts.size > 1) throw new Error(`The answers to "${prompt}" differ: ${[...texts].join(' | ')}`);
    }
    const overhead = {};
    for (const engine of NAMES.slice(1)) {
      overhead[engine] = [];
      for (const prompt of prompts) overhead[engine].push(...(await call('overhead', engine, prompt, maxTokens)));
    }
    console.log(`${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores, ${name}, load ${os.loadavg()[0].toFixed(1)}`);
    const report = NAMES.map((engine) => {
      const all = answers[engine];
      const chunks = overhead[engine] ?? [];
      return {
        engine,
        'load s': fixed(loads[engine] / 1000),
        'first text ms': fixed(median(all.map((each) => each.firstMs))),
        'requests/s': fixed((all.length * 1000) / all.reduce((sum, each) => sum + each.totalMs, 0)),
        'over web-llm': fixed(median(all.map((each, at) => answers['web-llm'][at].totalMs / each.totalMs))),
        ...(chunks.length > 0
          ? { 'API ms a chunk': fixed(median(chunks)), 'at most': fixed(spread(chunks).max), chunks: chunks.length }
          : {}),
      };
    });
    console.table(report);
    if (values.json)
      fs.writeFileSync(values.json, `${JSON.stringify({ machine: os.cpus()[0]?.model, name, report, answers, overhead }, null, 1)}\n`);
  } finally {
    await close();
  }
});

/**
 * Measures stock web-llm, our plain decoding and speculation on the same prompts in a real browser, interleaved, and
 * compares their outputs id for id.
 *
 *   npm run bench -- --json FILE [--prompts FILE] [--max-tokens 128] [--repetitions 3] [--gamma 4] [--draft good|weak|ngram|mixed]
 *     [--temperature 0] [--rule rejection|coupled] [--seed 1]
 */
import fs from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    prompts: { type: 'string', default: fileURLToPath(new URL('prompts.json', import.meta.url)) },
    'max-tokens': { type: 'string', default: '128' },
    repetitions: { type: 'string', default: '3' },
    gamma: { type: 'string', default: '4' },
    draft: { type: 'string', default: 'good' },
    temperature: { type: 'string', default: '0' },
    rule: { type: 'string', default: 'rejection' },
    seed: { type: 'string', default: '1' },
  },
});
ensurePackages();
const { openBenchPage } = await import('./browser.mjs');
const [maxTokens, repetitions, gamma] = [options['max-tokens'], options.repetitions, options.gamma].map(Number);
const [temperature, seed] = [options.temperature, options.seed].map(Number);
const drafts = {
  good: { model: 'draft', drafting: 'model' },
  weak: { model: 'weak-draft', drafting: 'model' },
  ngram: { model: 'draft', drafting: 'ngram' },
  mixed: { model: 'draft', drafting: 'mixed' },
};
const chosen = drafts[options.draft];
if (!chosen) throw new Error(`There is no draft "${options.draft}". Choose one of: ${Object.keys(drafts).join(', ')}.`);
// Stock draws from its own generator, so only greedy text can be its text; the rejection rule draws otherwise than plain decoding.
const comparable = { stock: temperature === 0, plain: temperature === 0 || options.rule === 'coupled' };
const prompts = JSON.parse(fs.readFileSync(options.prompts, 'utf8'));

const { page, browser, close } = await openBenchPage('bench/index.html', 'bench');
try {
  await page.evaluate((draft) => window.bench.load(draft), chosen.model);
  const report = await measure(page);
  report.machine = { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, browser: `Chromium ${browser.version()}` };
  if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
  print(report);
  if (report.runs.some((run) => !run.equal)) process.exitCode = 1;
} finally {
  await close();
}

async function measure(page) {
  const settings = { mode: 'speculative', gamma, maxTokens, ignoreStopTokens: true, drafting: chosen.drafting };
  settings.sampling = { ...(await page.evaluate(() => window.bench.GREEDY)), temperature, seed, rule: options.rule };
  const ways = {
    stock: (prompt) => page.evaluate(([p, n, t]) => window.bench.stock(p, n, t), [prompt, maxTokens, temperature]),
    plain: (prompt) => page.evaluate(([p, d, s]) => window.bench.run(p, d, s), [prompt, chosen.model, { ...settings, mode: 'plain' }]),
    speculative: (prompt) => page.evaluate(([p, d, s]) => window.bench.run(p, d, s), [prompt, chosen.model, settings]),
  };
  for (const way of Object.values(ways)) await way(prompts[0].prompt);
  const runs = [];
  for (const [index, { id, kind, prompt }] of prompts.entries()) {
    const seen = { stock: [], plain: [], speculative: [] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const way of rotate(Object.keys(ways), repetition + index)) seen[way].push(await ways[way](prompt));
    }
    const [first] = seen.speculative;
    const ids = (run) => run.ids.join();
    const rates = Object.fromEntries(
      Object.entries(seen).map(([way, all]) => [way, spread(all.map((run) => (run.ids.length * 1000) / run.latencyMs))]),
    );
    runs.push({
      id,
      kind,
      gamma,
      tokens: Object.fromEntries(Object.entries(seen).map(([way, all]) => [way, all[0].ids])),
      temperature,
      equal: Object.entries(seen)
        .filter(([way]) => comparable[way] ?? true)
        .flatMap(([, all]) => all)
        .every((run) => ids(run) === ids(first)),
      tokensPerSecond: rates,
      rounds: first.rounds,
      readbacks: Object.fromEntries(Object.entries(seen).map(([way, all]) => [way, all[0].readbacks])),
      drafted: first.drafted,
      accepted: first.accepted,
      rejected: first.rejected,
      meanAcceptanceLength: first.ids.length / first.rounds,
      speedupOverStock: rates.speculative.median / rates.stock.median,
      speedupOverPlain: rates.speculative.median / rates.plain.median,
      adapter: first.adapter,
    });
  }
  return { draft: options.draft, maxTokens, repetitions, adapter: runs[0]?.adapter, runs, summary: summarise(runs) };
}

function summarise(runs) {
  const groups = { 'over all': runs };
  for (const run of runs) groups[run.kind] = [...(groups[run.kind] ?? []), run];
  const sum = (group, field) => group.reduce((total, run) => total + run[field], 0);
  return Object.fromEntries(
    Object.entries(groups).map(([kind, group]) => [
      kind,
      {
        prompts: group.length,
        equal: group.filter((run) => run.equal).length,
        acceptedOverDrafted: sum(group, 'accepted') / sum(group, 'drafted'),
        acceptanceRate: sum(group, 'accepted') / (sum(group, 'accepted') + sum(group, 'rejected')),
        meanAcceptanceLength: geometricMean(group.map((run) => run.meanAcceptanceLength)),
        readbacksPerRound: group.reduce((total, run) => total + run.readbacks.speculative, 0) / sum(group, 'rounds'),
        tokensPerSecond: Object.fromEntries(
          ['stock', 'plain', 'speculative'].map((way) => [way, geometricMean(group.map((run) => run.tokensPerSecond[way].median))]),
        ),
        speedupOverStock: geometricMean(group.map((run) => run.speedupOverStock)),
        speedupOverPlain: geometricMean(group.map((run) => run.speedupOverPlain)),
      },
    ]),
  );
}

function print({ summary, machine, adapter, maxTokens, repetitions, draft }) {
  console.log(
    `${machine.cpu}, ${machine.cores} cores, ${machine.browser}, ${adapter}; draft "${draft}", γ ${gamma}, ${maxTokens} tokens, ${repetitions} interleaved repetitions`,
  );
  console.table(
    Object.fromEntries(
      Object.entries(summary).map(([kind, row]) => [
        kind,
        {
          prompts: row.prompts,
          'ids equal': row.equal,
          'accepted/drafted': row.acceptedOverDrafted.toFixed(3),
          α: row.acceptanceRate.toFixed(3),
          'tokens/round': row.meanAcceptanceLength.toFixed(2),
          'readbacks/round': row.readbacksPerRound.toFixed(2),
          'stock t/s': row.tokensPerSecond.stock.toFixed(1),
          'plain t/s': row.tokensPerSecond.plain.toFixed(1),
          'speculative t/s': row.tokensPerSecond.speculative.toFixed(1),
          'over stock': row.speedupOverStock.toFixed(2),
          'over plain': row.speedupOverPlain.toFixed(2),
        },
      ]),
    ),
  );
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) };
}
function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
function rotate(list, by) {
  return list.map((_, i) => list[(i + by) % list.length]);
}

/**
 * What the acceptance that `npm run bench` measured is worth on this device and on two others: one whose rows beyond the first cost nothing, and a graphics card
 * with verify ratios as published. Computes; measures nothing.
 *
 *   npm run bench:break-even -- FILE
 *
 * FILE is the JSON of a bench. For each draft and kind it prints, for each device, the draft length of 1 to 7 tokens that is predicted to be fastest, the speedup
 * over plain decoding there, and the acceptance rate from which on that length pays. A draft step costs as many decodes as it did in the bench.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly } from '../scripts/options.mjs';
import { geometricMean } from './statistics.mjs';

/**
 * Tokens a second of one sequence that is read in passes of so many rows, for v = rows × (speed of one row) / (speed of so many): Llama 1B in float32 on an
 * RTX 3090 (llama.cpp, pull request 14262, 2025).
 */
const PUBLISHED = { 1: 200.97, 2: 379.24, 3: 538.1, 4: 683.79, 5: 740.42, 6: 887.77, 7: 1024.07, 8: 1178.45 };
const LENGTHS = [1, 2, 3, 4, 5, 6, 7];

await failClearly(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const report = readReport(positionals);
  ensurePackages();
  const { runnerImport } = await import('vite');
  const { module: cost } = await runnerImport(path.join(root, 'src/core/cost/cost.ts'));
  const { module: theory } = await runnerImport(path.join(root, 'src/core/cost/whatIf.ts'));
  const { machine, pair, temperature, gamma } = report;
  console.log(`${machine.cpu}, ${machine.browser}, ${report.adapter}; pair "${pair}", γ ${gamma}, temperature ${temperature}`);
  for (const { name, calibration } of report.drafts) {
    const context = calibration.whole.contexts[0];
    const looksUp = name === 'ngram';
    const here = looksUp ? cost.withFreeDrafts(calibration.whole) : calibration.whole;
    const draft = cost.costRatio(here, context);
    const free = theory.costsOf({ draft, slope: 0, fixed: 0 }, 0);
    const devices = { here, 'rows free': free, 'RTX 3090': { ...free, ...publishedRows() } };
    console.log(`"${name}", a draft step ${draft.toFixed(3)} decodes`);
    const runs = report.runs.filter((run) => run.draft === name && !run.tooShort && ratesOf(run).length > 0);
    const kinds = [...new Set(runs.map(({ kind }) => kind))].sort();
    const rows = [...kinds, 'over all'].map((kind) => {
      const chosen = runs.filter((run) => kind === 'over all' || run.kind === kind);
      const figures = Object.entries(devices).map(([device, costs]) => [device, told(cost, costs, context, chosen, looksUp)]);
      return [kind, { prompts: chosen.length, α: alpha(chosen).toFixed(2), measured: measured(chosen), ...Object.fromEntries(figures) }];
    });
    console.table(Object.fromEntries(rows));
  }
  console.log('Of each device: the fastest γ, its speedup over plain decoding, and in brackets the α from which on it pays.');
});

/** @throws Error where it is no bench's JSON */
function readReport([file]) {
  if (file === undefined) throw new Error('Name the JSON that npm run bench -- --json FILE wrote.');
  const wrong = new Error(`${file} is not what npm run bench -- --json writes. Make it again with that command.`);
  let report;
  try {
    report = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw error instanceof SyntaxError ? wrong : error;
  }
  if (!report?.drafts?.every((draft) => draft.calibration?.whole) || !Array.isArray(report.runs)) throw wrong;
  return report;
}

function publishedRows() {
  const rows = Object.keys(PUBLISHED).map(Number);
  return { rows, verifyMs: [rows.map((count) => (count * PUBLISHED[1]) / PUBLISHED[count])] };
}

/** Conditional acceptance rates by position, as far as positions were judged. */
function ratesOf({ acceptanceByPosition }) {
  return acceptanceByPosition.filter((rate) => rate !== null);
}

function alpha(runs) {
  const total = (field) => runs.reduce((sum, run) => sum + run[field], 0);
  return total('accepted') / (total('accepted') + total('rejected'));
}

function measured(runs) {
  return geometricMean(runs.map(({ decodeSpeedup }) => decodeSpeedup)).toFixed(2);
}

function told(cost, costs, context, runs, looksUp) {
  const speedups = LENGTHS.map((gamma) => geometricMean(runs.map((run) => speedupOf(cost, costs, context, run, gamma, looksUp))));
  const speedup = Math.max(...speedups);
  const gamma = LENGTHS[speedups.indexOf(speedup)];
  const even = cost.breakEven(costs, gamma, context);
  return `${gamma}: ${speedup.toFixed(2)} (${even === null ? 'never' : even.toFixed(2)})`;
}

/** Of a run with `gamma` drafts in each round that drafts; drafts are looked up in as many of its rounds as they were found in. */
function speedupOf(cost, costs, context, run, gamma, looksUp) {
  const speedup = cost.predictedSpeedup(costs, ratesOf(run), gamma, context);
  if (!looksUp) return speedup;
  const share = run.draftLengths.filter((length) => length > 0).length / run.draftLengths.length;
  const tokens = cost.expectedTokens(ratesOf(run), gamma);
  // Milliseconds of a round, with a token of plain decoding as the unit.
  return (share * tokens + 1 - share) / (share * (tokens / speedup) + 1 - share);
}

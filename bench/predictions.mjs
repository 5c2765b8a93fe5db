/**
 * How far predicted speedups are from those that follow. For each prediction the pair's costs are measured again, a run is made whose rounds correct them, as on the
 * page, and the speedup of that prompt is predicted; then plain decoding and speculation are measured on it, side by side in time.
 *
 *   npm run bench:predictions -- [--json FILE] [--pair embedded|smollm2 | --models FOLDER] [--browser chromium|firefox] [--busy 0] [--predictions 20]
 *     [--draft first|weak|ID] [--gamma auto|N] [--max-tokens 96] [--repetitions 2]
 *
 * --busy starts so many processes that compute without end beside it.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { findModels, MODEL_OPTIONS } from './models.mjs';
import { ownPrompts } from './ownPrompts.mjs';
import { median, medianOfKnown } from './statistics.mjs';

/** Computes until the bench is gone, however that ended. */
const BUSY = 'const parent = process.ppid; while (process.ppid === parent) for (let i = 0; i < 1e8; i++);';

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      ...{ json: { type: 'string' }, browser: { type: 'string', default: 'chromium' }, busy: { type: 'string', default: '0' } },
      ...{ predictions: { type: 'string', default: '20' }, draft: { type: 'string', default: 'first' } },
      ...{ gamma: { type: 'string', default: 'auto' }, 'max-tokens': { type: 'string', default: '96' } },
      ...{ repetitions: { type: 'string', default: '2' }, ...MODEL_OPTIONS },
    },
  });
  const { pair, folder } = findModels(values);
  const [count, maxTokens] = [wholeNumber('predictions', values.predictions), wholeNumber('max-tokens', values['max-tokens'])];
  const repetitions = wholeNumber('repetitions', values.repetitions);
  const gamma = values.gamma === 'auto' ? 'auto' : wholeNumber('gamma', values.gamma);
  const loops = Number(values.busy);
  ensurePackages();
  const { openBenchPage } = await import('./browser.mjs');
  const { call, name, close } = await openBenchPage('bench/index.html', 'bench', { models: folder, browser: values.browser });
  const busy = Array.from({ length: loops }, () => spawn(process.execPath, ['-e', BUSY], { stdio: 'ignore' }));
  try {
    await call('load', values.draft);
    const { run: defaults } = await call('defaults');
    const settings = { ...defaults, gamma, maxTokens, ignoreStopTokens: true };
    const run = (prompt, mode, costs) => call('run', prompt, values.draft, { ...settings, mode }, costs);
    const prompts = ownPrompts(pair, count);
    const rows = [];
    let adapter = '';
    for (let at = 0; at < count; at++) {
      const { id, prompt } = prompts[at % prompts.length];
      const started = performance.now();
      const measured = await call('calibrate', values.draft);
      const calibrationMs = performance.now() - started;
      const first = await run(prompt, 'speculative', measured);
      adapter = first.adapter;
      const speedups = [];
      const perToken = ({ decodeMs, tokens }) => decodeMs / (tokens - 1);
      const times = { plain: [], speculative: [] };
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const order = (at + repetition) % 2 === 0 ? ['plain', 'speculative'] : ['speculative', 'plain'];
        const seen = {};
        for (const mode of order) seen[mode] = await run(prompt, mode, first.learnt);
        for (const mode of order) times[mode].push(perToken(seen[mode]));
        speedups.push(perToken(seen.plain) / perToken(seen.speculative));
      }
      // The middle by ratio, as a speedup of 2 and one of 1/2 are equally far from 1.
      const followed = Math.exp(median(speedups.map(Math.log)));
      const spread = Math.max(...speedups) / Math.min(...speedups) - 1;
      // Of a run that drafted nothing no times were predicted.
      const off = (mode) => (first.predictedMs ? first.predictedMs[mode] / median(times[mode]) - 1 : null);
      const parts = { plain: off('plain'), speculative: off('speculative') };
      rows.push({
        id,
        predicted: first.predictedSpeedup,
        followed,
        error: first.predictedSpeedup / followed - 1,
        parts,
        spread,
        calibrationMs,
      });
      console.error(`${at + 1} of ${count}, ${id}: predicted ${first.predictedSpeedup.toFixed(2)}, followed ${followed.toFixed(2)}`);
    }
    const medianOff = (mode) => medianOfKnown(rows.map(({ parts }) => parts[mode]));
    const errors = rows.map(({ error }) => Math.abs(error));
    const machine = { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0], browser: name, busy: loops };
    const summary = {
      medianError: median(errors),
      withinTenth: errors.filter((error) => error <= 0.1).length,
      of: count,
      worst: Math.max(...errors),
      bias: median(rows.map(({ error }) => error)),
      parts: { plain: medianOff('plain'), speculative: medianOff('speculative') },
      medianSpread: median(rows.map(({ spread }) => spread)),
      calibrationMs: median(rows.map(({ calibrationMs }) => calibrationMs)),
    };
    if (values.json)
      fs.writeFileSync(
        values.json,
        `${JSON.stringify({ machine, pair, adapter, gamma, maxTokens, repetitions, summary, rows }, null, 1)}\n`,
      );
    console.log(
      `${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}, ${loops} busy loops, ${name}, ${adapter}; pair "${pair}", draft "${values.draft}", γ ${gamma}, ${maxTokens} tokens, ${repetitions} interleaved repetitions`,
    );
    const percent = (share) => (share === null ? '–' : `${(100 * share).toFixed(1)} %`);
    console.table(
      Object.fromEntries(
        rows.map(({ id, predicted, followed, error, parts, spread }, i) => [
          `${i + 1} ${id}`,
          {
            ...{ predicted: predicted.toFixed(2), followed: followed.toFixed(2), error: percent(error) },
            ...{ 'of a plain token': percent(parts.plain), 'of a speculative one': percent(parts.speculative) },
            'between repetitions': percent(spread),
          },
        ]),
      ),
    );
    console.log(
      `median error ${percent(summary.medianError)} (bias ${percent(summary.bias)}: a plain token was predicted ${percent(summary.parts.plain)} too long, a speculative one ${percent(summary.parts.speculative)}), ${summary.withinTenth} of ${count} within a tenth, worst ${percent(summary.worst)}; repetitions differ by ${percent(summary.medianSpread)} in the middle; a calibration took ${(summary.calibrationMs / 1000).toFixed(1)} s`,
    );
  } finally {
    for (const each of busy) each.kill();
    await close();
  }
});

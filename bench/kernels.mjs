/**
 * Measures the kernels of a pair in a real browser: a forward of the target against its roofline, a step of the draft against a forward
 * of the target, web-llm's sampling functions against a token of its own, loading, and every kernel alone. In Node: on dawn's WebGPU.
 *
 *   npm run bench:kernels -- [--json FILE] [--repetitions 9] [--pair embedded|smollm2 | --models FOLDER] [--browser chromium|firefox|node]
 *     [--forward] [--rows 1,5,9,17,256,1000] [--cached 64,768] [--profile 1/64,5/64,1/768,5/768]
 *
 * With --forward, or where the models have no draft: the target's forwards alone, of so many rows; and each kernel alone only where --profile says of
 * how many rows and cached tokens.
 */
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { findModels, MODEL_OPTIONS } from './models.mjs';
import { median } from './statistics.mjs';

// Of a verification up to 32, else of a prefill.
const ROWS = '1,5,9,17,256,1000';
const isPrefill = (rows) => rows > 32;
const CACHED = '64,768';

// Rows and cached tokens of the target's forwards whose kernels are timed one by one; and of the draft's.
const PROFILES = '1/64,5/64,1/768,5/768';
const DRAFT_PROFILE = [1, 64];

const round = (value, digits = 2) => Number(value.toFixed(digits));

await failClearly(async () => {
  const { values: options } = parseArgs({
    options: {
      ...{ json: { type: 'string' }, repetitions: { type: 'string', default: '9' } },
      ...{ rows: { type: 'string', default: ROWS }, cached: { type: 'string', default: CACHED } },
      ...{ forward: { type: 'boolean', default: false }, profile: { type: 'string' } },
      ...{ browser: { type: 'string', default: 'chromium' }, ...MODEL_OPTIONS },
    },
  });
  const repetitions = wholeNumber('repetitions', options.repetitions);
  const numbers = (name, text, between = ',') => text.split(between).map((each) => wholeNumber(name, each));
  const lengths = numbers('cached', options.cached);
  const { openBench } = await import('./open.mjs');
  const { pair, folder, target, drafts } = findModels(options);
  const draft = options.forward ? undefined : drafts[0];
  const page = await openBench('bench/kernels/index.html', 'kernels', { models: folder, browser: options.browser });
  try {
    const call = (name, ...values) => {
      console.error(`${name} ${values.join(' ')}`);
      return page.call(name, ...values);
    };
    const report = {
      machine: { cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0], browser: page.name },
      pair,
      adapter: await call('adapter'),
      about: await call('about'),
      repetitions,
      load: { [target]: await call('load', target), ...(draft && { [draft]: await call('load', draft) }) },
      forward: [],
      draftStep: [],
      profile: {},
    };
    // Of a run that is ended early, what it has found is there.
    const save = () => options.json && fs.writeFileSync(options.json, `${JSON.stringify(report, null, 1)}\n`);
    save();
    for (const rows of numbers('rows', options.rows)) {
      const { tile } = await call('sweep', target, rows);
      for (const cached of isPrefill(rows) ? [0] : lengths) {
        const { timings, dispatches } = await call('forward', target, rows, cached, repetitions);
        const ratios = timings.forward.map((ms, i) => ms / timings.roofline[i]);
        report.forward.push({
          rows,
          cached,
          forwardMs: round(median(timings.forward)),
          rooflineMs: round(median(timings.roofline)),
          ratio: round(median(ratios)),
          ratioRange: [round(Math.min(...ratios)), round(Math.max(...ratios))],
          dispatches,
          tile,
        });
        console.error(JSON.stringify(report.forward.at(-1)));
        save();
      }
    }
    for (const cached of draft ? lengths : []) {
      const { timings, dispatches } = await call('draftStep', draft, target, cached, repetitions);
      const ratios = timings.draft.map((ms, i) => ms / timings.target[i]);
      report.draftStep.push({
        cached,
        draftMs: round(median(timings.draft)),
        decodeMs: round(median(timings.target)),
        ratio: round(median(ratios), 3),
        dispatches,
      });
    }
    if (draft) report.sampling = await sampling(call, target, repetitions);
    const wanted = options.profile ?? (draft ? PROFILES : '');
    const profiles = wanted.split(',').flatMap((each) => (each ? [[target, ...numbers('profile', each, '/')]] : []));
    if (draft) profiles.push([draft, ...DRAFT_PROFILE]);
    for (const [id, rows, cached] of profiles) {
      report.profile[`${id}, ${rows} rows, ${cached} cached`] = (await call('profile', id, rows, cached, 3)).map((row) => ({
        ...row,
        ms: round(row.ms, 3),
      }));
    }
    save();
    print(report);
  } finally {
    await page.close();
  }
});

/** Milliseconds of web-llm's own sampling, and its share of a token. */
async function sampling(call, target, repetitions) {
  const timings = await call('sampling', target, repetitions);
  return Object.fromEntries(
    ['top_p 1', 'top_p 0.9'].map((top) => [
      top,
      {
        ms: round(median(timings[top]), 3),
        tokenMs: round(median(timings.token)),
        share: round(median(timings[top].map((ms, i) => ms / timings.token[i])), 3),
      },
    ]),
  );
}

function print(report) {
  console.log(
    `${report.machine.cpu}, ${report.machine.cores} cores, load ${report.machine.load.toFixed(1)} before, ${report.machine.browser}, ${report.adapter}; medians of ${report.repetitions} interleaved repetitions`,
  );
  for (const [id, { ms, pipelineMs }] of Object.entries(report.load)) {
    console.log(`${id}: ready ${round(ms / 1000)} s after its download, ${round(pipelineMs / 1000)} s of them making pipelines`);
  }
  console.table(report.forward.map(({ ratioRange, ...row }) => ({ ...row, range: ratioRange.join(' to ') })));
  if (report.sampling) {
    console.table(report.draftStep);
    console.table(report.sampling);
  }
  for (const [name, rows] of Object.entries(report.profile)) {
    console.log(
      `${name}: ${round(rows.reduce((sum, row) => sum + row.ms, 0))} ms in ${rows.reduce((sum, row) => sum + row.dispatches, 0)} dispatches`,
    );
    console.table(rows);
  }
}

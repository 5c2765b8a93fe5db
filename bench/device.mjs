/** What device.sh runs. `--build` makes what it needs on a machine without node_modules. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { buildBenches } from './inNode.mjs';
import { findModels, folderOf } from './models.mjs';
import { milliseconds } from './statistics.mjs';

/** Seconds for all of it, of eight minutes; what is left for the end of the process. */
const MOST_SECONDS = 450;
const PAIRS = ['embedded', 'smollm2'];
const ROWS = '1,5,9,17';

await failClearly(async () => {
  const { values } = parseArgs({
    options: {
      build: { type: 'boolean', default: false },
      json: { type: 'string' },
      pair: { type: 'string', multiple: true },
      seconds: { type: 'string', default: String(MOST_SECONDS) },
    },
  });
  if (values.build) return buildBenches();
  const end = Date.now() + 1000 * wholeNumber('seconds', values.seconds);
  const file = path.resolve(values.json ?? path.join(process.env.OUT ?? path.join(root, 'build'), 'device.json'));
  const unknown = values.pair?.find((pair) => !PAIRS.includes(pair));
  if (unknown) throw new Error(`--pair is "${unknown}". Choose ${PAIRS.join(' or ')}.`);
  const pairs = values.pair ?? PAIRS.filter(isThere);
  // A pair that was asked for is missed, with a hint.
  for (const pair of pairs) findModels({ pair });
  const steps = pairs.flatMap((pair) => [
    { pair, what: 'kernels', args: ['--rows', ROWS, '--repetitions', '3'] },
    { pair, what: 'compare', args: ['--prompts', '4', '--max-tokens', '64', '--repetitions', '2', '--no-roofline'] },
  ]);
  const report = { machine: machine(), device: null, pairs: {}, failed: [] };
  for (const [index, { pair, what, args }] of steps.entries()) {
    const seconds = (end - Date.now()) / 1000 / (steps.length - index);
    const { found, took, failure } = await step(`${what}.mjs`, ['--browser', 'node', '--pair', pair, ...args], seconds);
    report.pairs[pair] = { ...report.pairs[pair], [what]: found, [`${what}Seconds`]: took };
    if (failure) report.failed.push({ pair, what, failure });
    report.device ??= found?.about ?? null;
  }
  report.seconds = Math.round(process.uptime());
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  print(report);
  console.log(`\nAll of it is in ${file}; ${report.seconds} s.`);
  if (report.failed.length > 0) process.exitCode = 1;
});

/** @param {string} pair of `PAIRS` */
function isThere(pair) {
  return fs.existsSync(path.join(folderOf(pair), 'manifest.json'));
}

function machine() {
  const smi = spawnSync('nvidia-smi', ['--query-gpu=name,driver_version,memory.total,clocks.max.sm', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  return {
    ...{ cpu: os.cpus()[0]?.model.trim(), cores: os.cpus().length, load: os.loadavg()[0] },
    ...{ node: process.versions.node, system: `${os.type()} ${os.release()}`, nvidia: smi.status === 0 ? smi.stdout.trim() : null },
  };
}

/** One bench of its own process, as dawn has one device for each; ended after `seconds`. */
async function step(script, args, seconds) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'device-'));
  const json = path.join(folder, 'report.json');
  const from = Date.now();
  console.error(`\n${script} ${args.join(' ')}, for ${Math.round(seconds)} s at most`);
  const child = spawn(process.execPath, [path.join(root, 'bench', script), ...args, '--json', json], {
    cwd: root,
    stdio: ['ignore', 2, 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece) => {
    said = (said + piece).slice(-4000);
    process.stderr.write(piece);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * seconds);
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
  clearTimeout(timer);
  const found = fs.existsSync(json) ? JSON.parse(fs.readFileSync(json, 'utf8')) : null;
  fs.rmSync(folder, { recursive: true });
  const failure = signal ? `It did not end within ${Math.round(seconds)} s.` : found ? null : said.trim().split('\n').at(-1);
  return { found, failure, took: Math.round((Date.now() - from) / 1000) };
}

function print({ machine: { cpu, cores, load, nvidia }, device, pairs, failed }) {
  console.log(`${cpu}, ${cores} cores, load ${load.toFixed(1)} before${nvidia ? `; ${nvidia}` : ''}`);
  if (device) {
    console.log(
      `adapter ${Object.entries(device.info)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
    );
    console.log(`features of the device: ${device.features.device.join(', ')}`);
    console.log(
      `limits: ${Object.entries(device.limits)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}`,
    );
  }
  for (const [pair, { kernels, compare }] of Object.entries(pairs)) {
    const alone = (cached) => kernels.forward.find((each) => each.rows === 1 && each.cached === cached)?.forwardMs;
    if (kernels) {
      console.log(`\n${pair}: kernels, ms; v: over one row`);
      console.table(
        kernels.forward.map(({ rows, cached, forwardMs, rooflineMs, ratio, dispatches }) => ({
          ...{ rows, cached, forwardMs, rooflineMs, ratio, v: Number((forwardMs / alone(cached)).toFixed(2)), dispatches },
        })),
      );
      if (kernels.draftStep.length > 0) console.table(kernels.draftStep);
      for (const [name, rows] of Object.entries(kernels.profile)) {
        console.log(`${pair}: ${name}`);
        console.table(rows);
      }
    }
    if (!compare) continue;
    for (const { name, calibration, summary } of compare.drafts) {
      const { decodeMs, draftMs, readbackMs, verifyMs } = calibration;
      console.log(
        `\n${pair}, draft "${name}": decode ${milliseconds(decodeMs)}, draft step ${milliseconds(draftMs)}, readback ${milliseconds(readbackMs)}`,
      );
      console.table(
        Object.fromEntries(
          Object.entries(verifyMs).map(([rows, ms]) => [rows, { ms: Number(ms.toFixed(2)), v: Number((ms / decodeMs).toFixed(2)) }]),
        ),
      );
      const { equal, prompts, tokensPerSecond, speedupOverStock, speedupOverPlain, acceptanceRate, meanAcceptanceLength } =
        summary['over all'];
      console.table([{ prompts, equal, ...tokensPerSecond, speedupOverStock, speedupOverPlain, acceptanceRate, meanAcceptanceLength }]);
    }
  }
  for (const { pair, what, failure } of failed) console.log(`\n${pair}, ${what}: ${failure}`);
}

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';
import { reportFile } from './report.mjs';

/** How long a suite that ran out of time has to end by itself, before it is killed. */
const GRACE_MS = 3000;

/** Groups of processes that run now, so that none outlives this program. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    for (const child of running) end(child, 'SIGTERM');
    process.exit(1);
  });
}

/**
 * Runs one suite of `suites.mjs` and leaves its report in test-results/. One that has not ended after its `minutes` is ended, with every process
 * that it began, and its report is then a failure that says so.
 *
 * @param {number | 'inherit'} output a file's descriptor, or this program's own output
 */
export async function runSuite(suite, output = 'inherit') {
  const write = (report) => fs.writeFileSync(reportFile(suite.name), JSON.stringify(report));
  const missing = suite.optional ? whatIsMissing(suite) : undefined;
  if (missing !== undefined) {
    say(output, `Skipped. ${missing}`);
    write({ skipped: missing, numPendingTests: 1 });
    return;
  }
  const until = performance.now() + suite.minutes * 60_000;
  let ended = 'well';
  for (const command of commandsOf(suite)) {
    const how = await runNode(command, suite.name, output, until - performance.now());
    if (how !== 'well' && ended !== 'late') ended = how;
    if (how === 'late') break;
  }
  if (ended === 'late') {
    const words = `"${suite.name}" had not ended after ${suite.minutes} minutes, so it was ended.`;
    say(output, words);
    write({ success: false, numFailedTests: 1, ended: words });
  } else if (suite.commands) {
    write(ended === 'well' ? { numPassedTests: 1 } : { numFailedTests: 1 });
  }
}

/** What Node is to run for `suite`, in order. */
function commandsOf({ name, vitest, project = name, part, parts, script, commands }) {
  if (!vitest) return commands ?? [[script]];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile(name)}`];
  const files = part ? [`--shard=${part}/${parts}`] : [];
  return [['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...files, ...reporters]];
}

/** Why an optional suite cannot run here; undefined if it can. */
function whatIsMissing(suite) {
  try {
    suite.needs();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** How Node ran `command` of `suite`: `well`, `badly`, or `late` where it had to be ended after `ms`. */
function runNode([script, ...args], suite, output, ms) {
  // A group of its own, so that browsers and workers end with it.
  const detached = process.platform !== 'win32';
  const options = { cwd: root, env: { ...process.env, SUITE: suite }, stdio: ['ignore', output, output], detached };
  const child = spawn(process.execPath, [path.join(root, script), ...args], options);
  running.add(child);
  return new Promise((resolve) => {
    let late = false;
    const timers = [
      setTimeout(() => {
        late = true;
        end(child, 'SIGTERM');
        timers.push(setTimeout(() => end(child, 'SIGKILL'), GRACE_MS));
      }, ms),
    ];
    child.once('close', (code) => {
      for (const timer of timers) clearTimeout(timer);
      if (late) end(child, 'SIGKILL');
      running.delete(child);
      resolve(late ? 'late' : code === 0 ? 'well' : 'badly');
    });
  });
}

function end(child, signal) {
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

function say(output, words) {
  if (output === 'inherit') console.log(words);
  else fs.writeSync(output, `${words}\n`);
}

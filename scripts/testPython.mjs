/** The suite `python`: lint and tests of training/, in an environment of their own, which is much smaller than the one that trains. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './install.mjs';
import { failClearly } from './options.mjs';
import { ensureEnvironment } from './python.mjs';
import { reportFile } from './report.mjs';

await failClearly(async () => {
  const program = ensureEnvironment('.venv-test', 'training/requirements-test.txt');
  const cwd = path.join(root, 'training');
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const runs = (name, ...args) => spawnSync(program(name), args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pytest-'));
  const counts = path.join(folder, 'counts.xml');
  const clean = runs('ruff', 'check', '--no-cache', '.');
  const tested = runs('pytest', '--quiet', `--junit-xml=${counts}`);
  const counted = tested || fs.existsSync(counts) ? readCounts(fs.readFileSync(counts, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
  fs.rmSync(folder, { recursive: true });
  fs.mkdirSync(path.dirname(reportFile('python')), { recursive: true });
  const report = {
    success: clean && tested,
    numPassedTests: counted.passed + (clean ? 1 : 0),
    numFailedTests: counted.failed + (clean ? 0 : 1),
    numPendingTests: counted.skipped,
  };
  fs.writeFileSync(reportFile('python'), JSON.stringify(report));
  if (!report.success) process.exitCode = 1;
});

/** What pytest counted, from its report in JUnit's form. */
function readCounts(xml) {
  const number = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)[1]);
  const [failed, skipped] = [number('failures') + number('errors'), number('skipped')];
  return { passed: number('tests') - failed - skipped, failed, skipped };
}

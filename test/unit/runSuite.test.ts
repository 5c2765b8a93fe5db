import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/install.mjs';
import { readReport, reportFile, resultsFolder } from '../../scripts/report.mjs';
import { runSuite } from '../../scripts/runSuite.mjs';

const NAME = 'of-run-suite-test';
const script = path.join(resultsFolder, `${NAME}.mjs`);
const output = path.join(resultsFolder, `${NAME}.log`);
const started = path.join(resultsFolder, `${NAME}.pid`);
afterEach(() => {
  for (const file of [script, output, started, reportFile(NAME)]) fs.rmSync(file, { force: true });
});

/** Runs a suite that consists of `program`; gives what was printed. */
async function run(program: string, suite: object): Promise<string> {
  fs.mkdirSync(resultsFolder, { recursive: true });
  fs.writeFileSync(script, program);
  const file = fs.openSync(output, 'w');
  await runSuite({ name: NAME, commands: [[path.relative(root, script)]], minutes: 1, ...suite }, file).finally(() => fs.closeSync(file));
  return fs.readFileSync(output, 'utf8');
}

describe('a suite', () => {
  it('passes where its commands end well, and prints what they print', async () => {
    expect(await run(`console.log('checked');`, {})).toBe('checked\n');
    expect(readReport(NAME)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  it('fails where a command ends badly', async () => {
    await run('process.exit(3);', {});
    expect(readReport(NAME)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it.each([
    ['waits for ever', 'setInterval(() => {}, 1000);'],
    ['computes for ever', 'for (;;);'],
    ['does not hear that it is to end', `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`],
  ])('that %s is ended with all that it began, says so, and has failed whatever its report says', async (_, hang) => {
    const good = JSON.stringify({ success: true, numPassedTests: 5 });
    const said = await run(
      `import { spawn } from 'node:child_process';
       import fs from 'node:fs';
       fs.writeFileSync(${JSON.stringify(reportFile(NAME))}, ${JSON.stringify(good)});
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
       fs.writeFileSync(${JSON.stringify(started)}, String(child.pid));
       ${hang}`,
      { minutes: 3 / 60 },
    );
    expect(said).toContain(`"${NAME}" had not ended after`);
    expect(readReport(NAME)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    await expect.poll(() => isAlive(Number(fs.readFileSync(started, 'utf8')))).toBe(false);
  });

  it('that is optional says what it lacks, and counts as skipped', async () => {
    const needs = () => {
      throw new Error('No Firefox was found.');
    };
    expect(await run('process.exit(3);', { optional: true, needs })).toBe('Skipped. No Firefox was found.\n');
    expect(readReport(NAME)).toEqual({ passed: 0, failed: 0, skipped: 1 });
  });
});

/** Whether a process runs; one that has ended and was not waited for does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

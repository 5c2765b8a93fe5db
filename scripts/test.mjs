/**
 * npm test: installs what is missing and runs every suite, in order, all of them also when one fails.
 * npm test -- NAME ...: only these; `npm run test:NAME` is the same for one. Reports go to test-results/.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ensurePackages, root } from './install.mjs';
import { failClearly } from './options.mjs';
import { readReport, reportFile, resultsFolder, sumUp } from './report.mjs';
import { SUITES } from './suites.mjs';

await failClearly(async () => {
  const suites = chosenSuites(process.argv.slice(2));
  ensurePackages();
  for (const needs of new Set(suites.filter((suite) => !suite.optional).map((suite) => suite.needs))) needs?.();
  fs.mkdirSync(resultsFolder, { recursive: true });
  for (const suite of suites) fs.rmSync(reportFile(suite.name), { force: true });

  const lines = suites.map((suite) => {
    console.log(`\n── ${suite.title} ──`);
    const started = performance.now();
    run(suite);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { passed, failed, skipped } = readReport(suite.name);
    return `${suite.name.padEnd(10)}${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''} (${seconds} s)`;
  });
  console.log(`\n${lines.join('\n')}`);
  const { line, ok } = sumUp(suites.map((suite) => suite.name));
  console.log(`${'together'.padEnd(10)}${line}`);
  if (!ok) process.exitCode = 1;
});

function chosenSuites(names) {
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown) throw new Error(`There is no suite "${unknown}". Choose from: ${SUITES.map((suite) => suite.name).join(', ')}.`);
  return SUITES.filter((suite) => (names.length > 0 ? names.includes(suite.name) : !suite.onDemand));
}

function run(suite) {
  const report = reportFile(suite.name);
  const missing = suite.optional ? whatIsMissing(suite) : undefined;
  if (missing !== undefined) {
    console.log(`Skipped. ${missing}`);
    fs.writeFileSync(report, JSON.stringify({ skipped: missing, numPendingTests: 1 }));
    return;
  }
  if (suite.vitest) {
    node([
      'node_modules/vitest/vitest.mjs',
      'run',
      '--project',
      suite.name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    return;
  }
  if (suite.script) {
    node([suite.script]);
    return;
  }
  const failed = suite.commands.filter((command) => !node(command)).length > 0;
  fs.writeFileSync(report, JSON.stringify({ numPassedTests: failed ? 0 : 1, numFailedTests: failed ? 1 : 0 }));
}

/** Why an optional suite cannot run here; undefined where it can. */
function whatIsMissing(suite) {
  try {
    suite.needs();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** Whether Node ran `args` to a good end. */
function node(args) {
  const [script, ...rest] = args;
  return (
    spawnSync(process.execPath, [path.join(root, script), ...rest], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  );
}

/**
 * Adds up the reports of the suites in test-results/. As a program it prints what failed, then the one line "N passed, N failed" for all
 * suites of `npm test`, and fails unless every one of them has a report with tests that all passed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';
import { inParts, SUITES } from './suites.mjs';

export const resultsFolder = path.join(root, 'test-results');
export const reportFile = (suite) => path.join(resultsFolder, `${suite}.json`);
/** The output of a suite that ran in parallel. */
export const outputFile = (suite) => path.join(resultsFolder, `${suite}.log`);

/**
 * Counts of one suite. No report, a broken one, or one without any test that ran, is one failure; so is a file that
 * could not be collected, which vitest counts as a failed suite without tests. A suite that was skipped as a whole says so in its report.
 */
export function readReport(suite) {
  let report;
  try {
    report = JSON.parse(fs.readFileSync(reportFile(suite), 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  const uncollected = (report.testResults ?? []).filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = (report.numFailedTests ?? 0) + uncollected.length;
  const ranNothing = passed + failed === 0 && report.skipped === undefined;
  const silent = failed === 0 && report.success === false;
  return { passed, failed: failed + (ranNothing || silent ? 1 : 0), skipped };
}

/** The counts of `suites` together, in one line. */
export function sumUp(suites) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites) {
    const counts = readReport(suite);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  const { passed, failed, skipped } = total;
  return { line: `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`, ok: failed === 0 };
}

/** The tests of `suites` that failed, each with its file and the beginning of what it said. */
export function failures(suites) {
  return suites.flatMap((suite) => {
    let report;
    try {
      report = JSON.parse(fs.readFileSync(reportFile(suite), 'utf8'));
    } catch {
      return [`${suite}: left no report`];
    }
    return (report.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
      const file = path.relative(root, name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      if (failed.length === 0) return status === 'failed' ? [`${file}\n${beginning(message)}`] : [];
      return failed.map((test) => `${file}: ${test.fullName}\n${beginning(test.failureMessages[0])}`);
    });
  });
}

const beginning = (message = '') => message.split('\n').slice(0, 12).join('\n').slice(0, 1200);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const suites = inParts(SUITES.filter((suite) => !suite.onDemand)).map((suite) => suite.name);
  for (const failure of failures(suites)) console.log(`\nFailed: ${failure}`);
  const { line, ok } = sumUp(suites);
  console.log(line);
  if (!ok) process.exitCode = 1;
}

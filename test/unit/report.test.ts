import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { readReport, reportFile, resultsFolder, sumUp } from '../../scripts/report.mjs';

const SUITE = 'of-report-test';
afterEach(() => fs.rmSync(reportFile(SUITE), { force: true }));

function write(report: unknown): void {
  fs.mkdirSync(resultsFolder, { recursive: true });
  fs.writeFileSync(reportFile(SUITE), typeof report === 'string' ? report : JSON.stringify(report));
}

describe('the report of a suite', () => {
  it('counts what passed, failed and was skipped', () => {
    write({ success: false, numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults: [] });
    expect(readReport(SUITE)).toEqual({ passed: 5, failed: 1, skipped: 3 });
    expect(sumUp([SUITE])).toEqual({ line: '5 passed, 1 failed, 3 skipped', ok: false });
  });

  it('is a failure where it is missing, where it is broken, and where nothing ran', () => {
    const failure = { passed: 0, failed: 1, skipped: 0 };
    expect(readReport(SUITE)).toEqual(failure);
    write('{"numPassed');
    expect(readReport(SUITE)).toEqual(failure);
    write({ success: true, numPassedTests: 0, numFailedTests: 0 });
    expect(readReport(SUITE)).toEqual(failure);
    write({ success: true, numPassedTests: 0, numFailedTests: 0, numPendingTests: 4 });
    expect(readReport(SUITE)).toEqual({ ...failure, skipped: 4 });
  });

  it('counts a file that could not be collected, and an end without a failed test', () => {
    write({ success: false, numPassedTests: 3, testResults: [{ status: 'failed', assertionResults: [{ status: 'passed' }] }] });
    expect(readReport(SUITE)).toEqual({ passed: 3, failed: 1, skipped: 0 });
    write({ success: false, numPassedTests: 3 });
    expect(readReport(SUITE)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('is not a failure if the suite says that it was skipped as a whole', () => {
    write({ skipped: 'No Firefox was found.', numPendingTests: 1 });
    expect(readReport(SUITE)).toEqual({ passed: 0, failed: 0, skipped: 1 });
    expect(sumUp([SUITE])).toEqual({ line: '0 passed, 0 failed, 1 skipped', ok: true });
  });
});

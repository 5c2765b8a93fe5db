/**
 * npm test: installs what is missing and runs every suite, three at a time (two on one core), all of them also when one fails.
 * npm test -- NAME ...: only these; `npm run test:NAME` is the same for one. A suite alone prints as it runs; beside others, as the parts of `app`
 * are beside each other, once it ends. Reports and what was printed go to test-results/.
 */
import fs from 'node:fs';
import os from 'node:os';
import { ensurePackages } from './install.mjs';
import { inLanes } from './lanes.mjs';
import { failClearly } from './options.mjs';
import { outputFile, readReport, reportFile, resultsFolder, sumUp } from './report.mjs';
import { runSuite } from './runSuite.mjs';
import { inParts, SUITES } from './suites.mjs';

/** Two suites do not keep two cores busy: a page waits for its renderer, a GPU made of software for a reply. */
const LANES = Math.min(2, os.availableParallelism()) + 1;

await failClearly(async () => {
  const suites = chosenSuites(process.argv.slice(2));
  ensurePackages();
  for (const needs of new Set(suites.filter((suite) => !suite.optional).map((suite) => suite.needs))) needs?.();
  fs.mkdirSync(resultsFolder, { recursive: true });
  for (const { name } of suites) for (const file of [reportFile(name), outputFile(name)]) fs.rmSync(file, { force: true });

  const started = performance.now();
  const seconds = new Map();
  await inLanes(suites, LANES, async (suite) => {
    const began = performance.now();
    console.log(`── ${suite.title} begins ──`);
    await (suites.length === 1 ? runSuite(suite) : runQuietly(suite));
    seconds.set(suite.name, (performance.now() - began) / 1000);
  });
  const lines = suites.map(({ name }) => {
    const { passed, failed, skipped } = readReport(name);
    return `${name.padEnd(10)}${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''} (${seconds.get(name).toFixed(1)} s)`;
  });
  console.log(`\n${lines.join('\n')}`);
  const { line, ok } = sumUp(suites.map((suite) => suite.name));
  console.log(`${'together'.padEnd(10)}${line} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) process.exitCode = 1;
});

function chosenSuites(names) {
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown) throw new Error(`There is no suite "${unknown}". Choose from: ${SUITES.map((suite) => suite.name).join(', ')}.`);
  return inParts(SUITES.filter((suite) => (names.length > 0 ? names.includes(suite.name) : !suite.onDemand)));
}

/** Runs a suite in parallel with others: its output appears as a whole at its end. */
async function runQuietly(suite) {
  const file = fs.openSync(outputFile(suite.name), 'w');
  await runSuite(suite, file).finally(() => fs.closeSync(file));
  console.log(`\n── ${suite.title} ──\n${fs.readFileSync(outputFile(suite.name), 'utf8')}`);
}

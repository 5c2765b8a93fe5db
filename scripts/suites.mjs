import { ensureChromium } from './chromium.mjs';
import { ensureFirefox } from './firefox.mjs';
import { ensurePython } from './python.mjs';

const biome = 'node_modules/@biomejs/biome/bin/biome';
const tsc = 'node_modules/typescript/bin/tsc';

/**
 * Every check of the project, in the order in which `npm test` begins them: what says soonest that something is wrong, then the longest first, and last those that keep any number of cores busy. A suite of vitest, and one that is a script of its own, writes its report itself;
 * of any other, `commands` are run by Node in the project's root and count as one check. `needs` installs or finds what a suite runs on, or throws:
 * a suite that is `optional` is then skipped, and said to be. One that has not ended after `minutes`, several times as long as it takes on two cores,
 * is ended and has failed. A suite of `parts` runs in so many beside others, each over some of its files, so that all lanes end at about one time.
 */
export const SUITES = [
  { name: 'lint', title: 'Formatting, lint, import boundaries', commands: [[biome, 'ci', '--error-on-warnings', '.']], minutes: 15 },
  {
    name: 'types',
    title: 'Types',
    commands: [
      [tsc, '--project', 'tsconfig.json'],
      [tsc, '--project', 'tsconfig.core.json'],
    ],
    minutes: 15,
  },
  { name: 'e2e', title: 'End to end, production build', vitest: true, needs: ensureChromium, minutes: 45 },
  { name: 'gpu', title: 'Kernels and model libraries', vitest: true, needs: ensureChromium, minutes: 30 },
  { name: 'app', title: 'Page', vitest: true, parts: 2, needs: ensureChromium, minutes: 30 },
  { name: 'firefox', title: 'End to end, in Firefox', vitest: true, needs: ensureBoth, optional: true, minutes: 25 },
  { name: 'node', title: 'The command foretoken', vitest: true, minutes: 20 },
  { name: 'python', title: 'Training, in Python', script: 'scripts/testPython.mjs', needs: ensurePython, optional: true, minutes: 15 },
  { name: 'property', title: 'Property', vitest: true, minutes: 15 },
  { name: 'unit', title: 'Unit', vitest: true, minutes: 15 },
  { name: 'node-long', title: 'Long, of the server', vitest: true, onDemand: true, minutes: 60 },
  { name: 'page-long', title: 'Long, of the page with SmolLM2', vitest: true, needs: ensureChromium, onDemand: true, minutes: 60 },
  { name: 'long', title: 'Long', vitest: true, needs: ensureChromium, onDemand: true, minutes: 180 },
];

/** The ids of both are compared. */
function ensureBoth() {
  ensureChromium();
  ensureFirefox();
}

/**
 * `suites` as they run: one that has parts as so many suites, each with a report and an output of its own.
 *
 * @param {readonly { name: string, title?: string, parts?: number, [more: string]: unknown }[]} suites
 */
export function inParts(suites) {
  return suites.flatMap((suite) => {
    const { name, title, parts = 1 } = suite;
    if (parts === 1) return [suite];
    const numbers = Array.from({ length: parts }, (_, i) => i + 1);
    return numbers.map((part) => ({ ...suite, name: `${name}-${part}`, title: `${title}, part ${part} of ${parts}`, project: name, part }));
  });
}

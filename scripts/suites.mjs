import { ensureChromium } from './chromium.mjs';
import { ensureFirefox } from './firefox.mjs';
import { ensurePython } from './python.mjs';

const biome = 'node_modules/@biomejs/biome/bin/biome';
const tsc = 'node_modules/typescript/bin/tsc';

/**
 * Every check of the project, in the order in which `npm test` runs them. A suite of vitest, and one that is a script of its own, writes its report itself;
 * of any other, `commands` are run by Node in the project's root and count as one check. `needs` installs or finds what a suite runs on, or throws:
 * a suite that is `optional` is then skipped, and said to be.
 */
export const SUITES = [
  { name: 'lint', title: 'Formatting, lint, import boundaries', commands: [[biome, 'ci', '--error-on-warnings', '.']] },
  {
    name: 'types',
    title: 'Types',
    commands: [
      [tsc, '--project', 'tsconfig.json'],
      [tsc, '--project', 'tsconfig.core.json'],
    ],
  },
  { name: 'unit', title: 'Unit', vitest: true },
  { name: 'property', title: 'Property', vitest: true },
  { name: 'python', title: 'Training, in Python', script: 'scripts/testPython.mjs', needs: ensurePython, optional: true },
  { name: 'gpu', title: 'Kernels and model libraries', vitest: true, needs: ensureChromium },
  { name: 'app', title: 'Page', vitest: true, needs: ensureChromium },
  { name: 'e2e', title: 'End to end, production build', vitest: true, needs: ensureChromium },
  { name: 'firefox', title: 'End to end, in Firefox', vitest: true, needs: ensureBoth, optional: true },
  { name: 'firefox-long', title: 'Ids of Firefox and Chromium', vitest: true, needs: ensureBoth, optional: true, onDemand: true },
  { name: 'long', title: 'Long', vitest: true, needs: ensureChromium, onDemand: true },
];

/** Its texts are compared with those of Chromium. */
function ensureBoth() {
  ensureChromium();
  ensureFirefox();
}

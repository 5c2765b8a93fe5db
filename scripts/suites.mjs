/**
 * Every check of the project, in the order in which `npm test` runs them. `command` is run by Node in the project's
 * root; a suite of vitest writes its own report, any other counts as one check.
 */
const biome = 'node_modules/@biomejs/biome/bin/biome';
const tsc = 'node_modules/typescript/bin/tsc';

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
  { name: 'gpu', title: 'Kernels and model libraries', vitest: true, browser: true },
  { name: 'app', title: 'Page', vitest: true, browser: true },
  { name: 'e2e', title: 'End to end, production build', vitest: true, browser: true },
  { name: 'long', title: 'Long', vitest: true, browser: true, onDemand: true },
];

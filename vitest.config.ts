import path from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { browserModules } from './scripts/browserModules.mjs';
import { findChromium, TEST_ARGS } from './scripts/chromium.mjs';
import { ENGINE_DEPENDENCIES } from './scripts/engineDependencies.mjs';

const executablePath = findChromium();
/** For a machine that is busy with other things. */
const NODE_TIMEOUT = 120_000;
/** WebGPU on the CPU is slow, and the first test of a file also compiles. */
const BROWSER_TIMEOUT = 180_000;

/** A suite. What its tests wait for comes late on a busy machine; vitest's own limit is a second. */
const suite = (test: TestProjectInlineConfiguration['test'], rest: Omit<TestProjectInlineConfiguration, 'test'> = {}) => ({
  ...rest,
  test: { ...test, expect: { poll: { timeout: 30_000 } } },
});

/** A new one for every suite: vitest writes the suite's name into it. */
const browser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { ...(executablePath && { executablePath }), args: TEST_ARGS } }),
  instances: [{ browser: 'chromium' as const }],
});

const PAGE_DEPENDENCIES = [
  ...ENGINE_DEPENDENCIES,
  ...['react', 'react/jsx-dev-runtime', 'react-dom/client', 'zustand', 'zustand/middleware', 'axe-core'],
  ...['d3-scale', 'd3-shape'],
];

export default defineConfig({
  test: {
    // vitest reads it here for the browser of every project.
    browser: { connectTimeout: BROWSER_TIMEOUT },
    projects: [
      ...['unit', 'property'].map((name) =>
        // xgrammar is a script that calls itself a module, which Node reads as neither.
        suite(
          {
            name,
            include: [`test/${name}/**/*.test.ts`],
            testTimeout: NODE_TIMEOUT,
            server: { deps: { inline: ['@mlc-ai/web-xgrammar'] } },
          },
          { plugins: [browserModules()] },
        ),
      ),
      suite(
        {
          name: 'gpu',
          include: ['test/gpu/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: BROWSER_TIMEOUT,
          hookTimeout: BROWSER_TIMEOUT,
          browser: browser(),
        },
        { optimizeDeps: { include: ENGINE_DEPENDENCIES } },
      ),
      suite(
        {
          name: 'app',
          include: ['test/app/**/*.test.{ts,tsx}'],
          setupFiles: ['test/app/support/setup.ts'],
          fileParallelism: false,
          isolate: false,
          testTimeout: BROWSER_TIMEOUT,
          browser: browser(),
        },
        {
          extends: './vite.config.ts',
          // Of its own for each part of the suite: they begin together, and Vite puts prepared dependencies there.
          cacheDir: path.join('node_modules/.vite', process.env.SUITE ?? ''),
          // Whatever lies beside the page's own models here: tests say which lists there are.
          define: { 'import.meta.env.FURTHER_LISTS': '[]' },
          optimizeDeps: { include: PAGE_DEPENDENCIES },
        },
      ),
      suite({
        name: 'e2e',
        include: ['test/e2e/**/*.test.ts'],
        globalSetup: './test/e2e/support/build.ts',
        fileParallelism: false,
        testTimeout: BROWSER_TIMEOUT,
        hookTimeout: BROWSER_TIMEOUT,
      }),
      suite({
        name: 'firefox',
        include: ['test/firefox/**/*.test.ts'],
        globalSetup: './test/e2e/support/build.ts',
        fileParallelism: false,
        testTimeout: 2 * BROWSER_TIMEOUT,
        hookTimeout: BROWSER_TIMEOUT,
      }),
      suite({
        name: 'node',
        include: ['test/node/**/*.test.ts'],
        globalSetup: './test/node/support/build.ts',
        fileParallelism: false,
        testTimeout: BROWSER_TIMEOUT,
        hookTimeout: BROWSER_TIMEOUT,
      }),
      suite({
        name: 'node-long',
        include: ['test/long/node/**/*.test.ts'],
        globalSetup: './test/node/support/build.ts',
        testTimeout: 10 * BROWSER_TIMEOUT,
        hookTimeout: BROWSER_TIMEOUT,
      }),
      suite({
        name: 'page-long',
        include: ['test/long/page/**/*.test.ts'],
        globalSetup: './test/e2e/support/build.ts',
        fileParallelism: false,
        testTimeout: 10 * BROWSER_TIMEOUT,
        hookTimeout: 5 * BROWSER_TIMEOUT,
      }),
      suite(
        {
          name: 'long',
          include: ['test/long/*.test.ts'],
          fileParallelism: false,
          testTimeout: 10 * BROWSER_TIMEOUT,
          hookTimeout: BROWSER_TIMEOUT,
          browser: browser(),
        },
        { optimizeDeps: { include: ENGINE_DEPENDENCIES } },
      ),
    ],
  },
});

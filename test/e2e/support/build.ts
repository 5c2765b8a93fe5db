import path from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

const root = path.resolve(import.meta.dirname, '../../..');

/** The folder of the production build that `buildOnce` made. */
export const BUILT = path.join(root, 'build/e2e');

/** Builds the page for production, once for all files of the suite. The test runner's own NODE_ENV would put React's development build into it. */
export default async function buildOnce(_: TestProject): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  await build({ root, logLevel: 'warn', build: { outDir: BUILT, emptyOutDir: true } });
  process.env.NODE_ENV = NODE_ENV;
}

import path from 'node:path';
import { build, type Plugin } from 'vite';
import type { TestProject } from 'vitest/node';

const root = path.resolve(import.meta.dirname, '../../..');

/** The folder of the production build that `buildOnce` made. */
export const BUILT = path.join(root, 'build/e2e');

/** Builds the page for production once more, with `change` made to its document; returns the folder. */
export async function buildAnother(change: (html: string) => string): Promise<string> {
  const folder = path.join(root, 'build/e2e-another');
  const plugin = { name: 'another-version', transformIndexHtml: change };
  await buildFor(folder, [plugin]);
  return folder;
}

/** Builds the page for production, once for all files of the suite. The test runner's own NODE_ENV would put React's development build into it. */
export default async function buildOnce(_: TestProject): Promise<void> {
  await buildFor(BUILT);
}

async function buildFor(folder: string, plugins: Plugin[] = []): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  await build({ root, logLevel: 'warn', plugins, build: { outDir: folder, emptyOutDir: true } });
  process.env.NODE_ENV = NODE_ENV;
}

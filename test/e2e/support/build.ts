import path from 'node:path';
import { build, type Plugin } from 'vite';
import type { TestProject } from 'vitest/node';

const root = path.resolve(import.meta.dirname, '../../..');

declare module 'vitest' {
  interface ProvidedContext {
    built: string;
  }
}

/** Builds the page for production once more, with `change` made to its document; returns the folder. */
export async function buildAnother(change: (html: string) => string): Promise<string> {
  const folder = path.join(root, 'build/e2e-another');
  const plugin = { name: 'another-version', transformIndexHtml: change };
  await buildFor(folder, [plugin]);
  return folder;
}

/**
 * Builds the page for production, once for all files of a suite, into a folder of the suite's own. The test runner's own NODE_ENV would put React's
 * development build into it.
 */
export default async function buildOnce(suite: TestProject): Promise<void> {
  const folder = path.join(root, 'build', suite.name);
  await buildFor(folder);
  suite.provide('built', folder);
}

async function buildFor(folder: string, plugins: Plugin[] = []): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  await build({ root, logLevel: 'warn', plugins, build: { outDir: folder, emptyOutDir: true } });
  process.env.NODE_ENV = NODE_ENV;
}

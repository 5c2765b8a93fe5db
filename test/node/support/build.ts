import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildNode, COMMAND } from '../../../scripts/buildNode.mjs';
import { root } from '../../../scripts/install.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    command: string;
  }
}

/** Builds the command once for all files of a suite, into a folder of the suite's own. */
export default async function buildOnce(suite: TestProject): Promise<void> {
  const folder = path.join(root, 'build', `${suite.name}-command`);
  await buildNode(folder);
  suite.provide('command', path.join(folder, path.basename(COMMAND)));
}

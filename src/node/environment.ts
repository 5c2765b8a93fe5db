/** What the engine expects of a browser and Node lacks, in one place. Nothing else here changes a global name. */
import type { FileStorage } from '../storage/port';
import type { FoundGpu } from './gpu';
import { fetchWithFiles, type LocalFiles } from './localFiles';
import { storedCaches } from './storedCaches';

/** web-llm resolves relative addresses against it, which do not occur here. */
const LOCATION = { origin: 'http://localhost', href: 'http://localhost/' };

/** Before the engine does anything: the lists of models, web-llm and the drivers of kernels look for these names. */
export function supplyBrowser({ gpu, names }: FoundGpu, storage: FileStorage, files: LocalFiles): void {
  for (const [name, value] of Object.entries(names)) supply(globalThis, name, value);
  // Node has a navigator from version 21 on.
  if (!globalThis.navigator) supply(globalThis, 'navigator', {});
  supply(globalThis.navigator, 'gpu', gpu);
  supply(globalThis, 'location', LOCATION);
  supply(globalThis, 'caches', storedCaches(storage));
  supply(globalThis, 'fetch', fetchWithFiles(fetch, files));
  // web-llm tells what it does, and standard output is the commands'.
  supply(console, 'log', process.env.FORETOKEN_DEBUG ? console.error : () => undefined);
}

function supply(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}

import { BROWSER_CACHE } from '../src/storage/browserCache';
import type { FileStorage } from '../src/storage/port';

declare global {
  var benchStorage: FileStorage | undefined;
}

/** Where a bench keeps its models: in the browser's cache, or in Node wherever they lie (inNode.ts). */
export const STORAGE: FileStorage = globalThis.benchStorage ?? BROWSER_CACHE;

/** What the pages of benches need of a browser, in Node: dawn's WebGPU, and the models where they lie. Built by inNode.mjs. */
import path from 'node:path';
import { supplyBrowser } from '../src/node/environment';
import { findGpu } from '../src/node/gpu';
import { inPlaceStorage } from '../src/node/inPlace';
import { localFiles, PAGE } from '../src/node/localFiles';
import { memoryStorage } from '../src/storage/memory';

const PAGES: Readonly<Record<string, () => Promise<object>>> = {
  kernels: async () => (await import('./kernels/page')).kernels,
  bench: async () => (await import('./pageInNode')).bench,
};

/**
 * Runs the code of a page, once in a process.
 *
 * @param name of what the page puts on `globalThis`
 * @param models folder that is the page's models
 * @returns that
 * @throws Error where there is no such page, or no WebGPU; FailureError no-webgpu, no-adapter
 */
export async function openPage(name: string, models: string, device: 'auto' | 'software'): Promise<object> {
  const open = PAGES[name];
  if (!open) throw new Error(`"${name}" runs in a browser only. In Node there are ${Object.keys(PAGES).join(' and ')}.`);
  const found = await findGpu(device);
  if (!found.gpu) throw new Error(found.note ?? 'There is no WebGPU.');
  const beside = localFiles(path.dirname(models));
  const files = (url: string) => beside(url.replace(`${PAGE}models/`, `${PAGE}${path.basename(models)}/`));
  const storage = inPlaceStorage(memoryStorage(), files);
  supplyBrowser(found, storage, files);
  Object.defineProperty(globalThis, 'location', { configurable: true, value: { href: PAGE, origin: PAGE } });
  globalThis.benchStorage = storage;
  return open();
}

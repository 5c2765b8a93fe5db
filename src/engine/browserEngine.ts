import type { BackendChoice } from '../formats/settings';
import { BROWSER_CACHE } from '../storage/browserCache';
import { PairEngine } from './engine';
import { Pairs } from './pairs';

/** The engine of this page or worker: on its WebGPU or on the CPU, with models in the browser's storage. @param backend what computes where a task does not say */
export function browserEngine(backend?: BackendChoice): PairEngine {
  return new PairEngine(new Pairs({ gpu: globalThis.navigator?.gpu, storage: BROWSER_CACHE, ...(backend && { backend }) }), () =>
    performance.now(),
  );
}

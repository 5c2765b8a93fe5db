import { BROWSER_CACHE } from '../storage/browserCache';
import { PairEngine } from './engine';
import { Pairs } from './pairs';

/** The engine of this page or worker: on its WebGPU, or on the CPU without it, with models in the browser's storage. */
export function browserEngine(): PairEngine {
  return new PairEngine(new Pairs({ gpu: globalThis.navigator?.gpu, storage: BROWSER_CACHE }), () => performance.now());
}

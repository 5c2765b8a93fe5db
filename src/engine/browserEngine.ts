import { BROWSER_CACHE } from '../storage/browserCache';
import { PairEngine } from './engine';
import { type PairPorts, Pairs } from './pairs';

/**
 * The engine of this page or worker: on its WebGPU or on the CPU, with models in the browser's storage.
 *
 * @param ports what computes where a task does not say, and the threads that compute on the CPU
 */
export function browserEngine(ports: Pick<PairPorts, 'backend' | 'threads'> = {}): PairEngine {
  return new PairEngine(new Pairs({ gpu: globalThis.navigator?.gpu, storage: BROWSER_CACHE, ...ports }), () => performance.now());
}

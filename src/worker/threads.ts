import type { Threads } from '../model/cpu/wasm/thread';

/** More were not measured. */
const MOST = 4;

/** Threads of a browser; none beside the calling one where memory is shared with none, as on a page that is not isolated. */
export function browserThreads(): Threads {
  return {
    count: globalThis.crossOriginIsolated ? Math.min(MOST, navigator.hardwareConcurrency || 1) : 1,
    start: (setup) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });
        worker.onmessage = () => resolve({ end: () => worker.terminate() });
        worker.onerror = () => {
          worker.terminate();
          reject(new Error('a thread did not start'));
        };
        worker.postMessage(setup);
      }),
  };
}

import { type Threads, USUAL_THREADS } from '../model/cpu/wasm/thread';

/** Threads of a browser; none beside the calling one where memory is shared with none, as on a page that is not isolated. */
export function browserThreads(): Threads {
  return {
    count: globalThis.crossOriginIsolated ? Math.min(USUAL_THREADS, navigator.hardwareConcurrency || 1) : 1,
    areChosen: false,
    start(setup, { begun, lost }) {
      const worker = new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' });
      worker.onmessage = begun;
      worker.onerror = lost;
      worker.postMessage(setup);
      return { end: () => worker.terminate() };
    },
  };
}

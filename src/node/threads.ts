import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { serve, type Threads, USUAL_THREADS } from '../model/cpu/wasm/thread';

const SOURCE = `
  const { parentPort, workerData } = require('node:worker_threads');
  (${serve})(workerData, () => parentPort.postMessage(null));
`;

/** Threads of Node, which keep no program from ending. @param chosen how many, where a person said so */
export function nodeThreads(chosen?: number): Threads {
  return {
    count: chosen ?? Math.min(USUAL_THREADS, os.availableParallelism()),
    areChosen: chosen !== undefined,
    start(setup, { begun, lost }) {
      const worker = new Worker(SOURCE, { eval: true, workerData: setup });
      worker.unref();
      worker.once('message', begun);
      worker.on('error', lost);
      worker.once('exit', lost);
      return { end: () => void worker.terminate() };
    },
  };
}

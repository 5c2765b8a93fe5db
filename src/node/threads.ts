import os from 'node:os';
import { Worker } from 'node:worker_threads';
import { serve, type Threads } from '../model/cpu/wasm/thread';

/** More were not measured. */
const MOST = 4;

/** As many as this machine has cores for, within reason. */
export function usualThreads(): number {
  return Math.min(MOST, os.availableParallelism());
}

const SOURCE = `
  const { parentPort, workerData } = require('node:worker_threads');
  (${serve})(workerData, () => parentPort.postMessage(null));
`;

/** Threads of Node. They keep no program from ending. */
export function nodeThreads(count: number): Threads {
  return {
    count,
    start: (setup) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(SOURCE, { eval: true, workerData: setup });
        worker.unref();
        worker.once('message', () => resolve({ end: () => void worker.terminate() }));
        worker.once('error', reject);
      }),
  };
}

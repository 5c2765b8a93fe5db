/** The page of `npm run bench` without workers: both engines in this thread, where only one computes at a time. */
import { PairEngine } from '../src/engine/engine';
import { Pairs } from '../src/engine/pairs';
import { sendToWorker, type TaskWorker } from '../src/worker/client';
import { answer } from '../src/worker/host';
import { makeBench } from './makeBench';
import { countReadbacks } from './readbacks';
import { answerStock } from './stock';
import { STORAGE } from './storage';

const count = countReadbacks();
const engine = new PairEngine(new Pairs({ gpu: navigator.gpu, storage: STORAGE, backend: 'webgpu' }), () => performance.now());
/** What a worker of the page would be: its messages, and neither errors nor an end. */
const worker: TaskWorker = {
  postMessage: (task: Parameters<typeof answer>[1], [port]: MessagePort[]) => void (port && answer(engine, task, port)),
  terminate: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => true,
} as unknown as TaskWorker;

export const bench = makeBench({
  send: (task) => sendToWorker(worker, task),
  askStock: answerStock,
  readbacks: async () => count(),
});

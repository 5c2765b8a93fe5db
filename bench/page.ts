import { sendToWorker } from '../src/worker/client';
import { makeBench } from './makeBench';
import { readbacks } from './readbacks';
import type { StockReply, StockRequest } from './stock';
import type { NumberedReply } from './stock.worker';

const engine = new Worker(new URL('./counted.worker.ts', import.meta.url), { type: 'module' });
const stock = new Worker(new URL('./stock.worker.ts', import.meta.url), { type: 'module' });
let lastId = 0;

function askStock(request: StockRequest): Promise<StockReply> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const hear = ({ data }: MessageEvent<NumberedReply>) => {
      if (data.id !== id) return;
      stock.removeEventListener('message', hear);
      if (data.error) reject(new Error(data.error));
      else resolve(data);
    };
    stock.addEventListener('message', hear);
    stock.postMessage({ id, ...request });
  });
}

Object.assign(globalThis, { bench: makeBench({ send: (task) => sendToWorker(engine, task), askStock, readbacks }) });

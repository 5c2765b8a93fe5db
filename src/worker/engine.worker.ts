import { PairEngine } from '../engine/engine';
import { Pairs } from '../engine/pairs';
import type { Task } from '../engine/tasks';
import { BROWSER_CACHE } from '../storage/browserCache';
import { answer } from './host';

const engine = new PairEngine(new Pairs({ gpu: navigator.gpu, storage: BROWSER_CACHE }), () => performance.now());

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

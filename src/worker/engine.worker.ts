import { PairEngine } from './engine';
import { answer } from './host';
import type { Task } from './protocol';
import { WebGpuPairs } from './webgpuPairs';

const engine = new PairEngine(new WebGpuPairs(navigator.gpu));

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

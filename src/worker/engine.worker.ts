import { PairEngine } from './engine';
import { answer } from './host';
import { Pairs } from './pairs';
import type { Task } from './tasks';

const engine = new PairEngine(new Pairs(navigator.gpu));

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

import { PairEngine } from '../engine/engine';
import { Pairs } from '../engine/pairs';
import type { Task } from '../engine/tasks';
import { answer } from './host';

const engine = new PairEngine(new Pairs(navigator.gpu));

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

import { browserEngine } from '../engine/browserEngine';
import type { Task } from '../engine/tasks';
import { answer } from './host';

const engine = browserEngine();

self.onmessage = (event: MessageEvent<Task>) => {
  const [port] = event.ports;
  if (port) void answer(engine, event.data, port);
};

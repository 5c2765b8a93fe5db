import { SpeculativeWorkerHandler } from 'foretoken/worker';

const handler = new SpeculativeWorkerHandler();
self.onmessage = (event) => void handler.onmessage(event);

/** foretoken/service-worker: the engine in the script of a service worker, which cannot import modules later. */
import * as webllm from '@mlc-ai/web-llm';
import { provideEngine } from '../model/webllm/loader';
import { type ToServiceWorker, WHICH_INSTANCE } from './serviceWorkerTasks';
import { SpeculativeWorkerHandler } from './worker';

/** Answers the pages' `CreateServiceWorkerSpeculativeEngine`. To be made while the script starts: then it hears every message. */
export class SpeculativeServiceWorkerHandler {
  constructor() {
    provideEngine(webllm);
    const handler = new SpeculativeWorkerHandler();
    const instance = crypto.randomUUID();
    self.addEventListener('message', (event) => {
      const { data, ports } = event as MessageEvent<Partial<ToServiceWorker> | null>;
      if (typeof data !== 'object' || data === null || !('foretoken' in data)) return;
      if (data.foretoken === WHICH_INSTANCE) ports[0]?.postMessage(instance);
      else (event as Event as ExtendableMessageEvent).waitUntil(handler.onmessage({ data: data.foretoken, ports }));
    });
  }
}

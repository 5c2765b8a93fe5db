import { SpeculativeServiceWorkerHandler } from 'foretoken/service-worker';

new SpeculativeServiceWorkerHandler();

/** The product's own engine on WebGPU, though that may be made of software, with its readbacks counted. */
import { browserEngine } from '../src/engine/browserEngine';
import { answerAll } from '../src/worker/host';
import { watchReadbacks } from './readbacks';

watchReadbacks('engine');
answerAll(browserEngine({ backend: 'webgpu' }));

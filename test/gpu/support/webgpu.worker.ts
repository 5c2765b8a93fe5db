/** The page's engine on WebGPU, which is what these tests test, though it is made of software here and not the faster. */
import { browserEngine } from '../../../src/engine/browserEngine';
import { answerAll } from '../../../src/worker/host';

answerAll(browserEngine({ backend: 'webgpu' }));

/** The product's own worker, with its readbacks counted. */
import { watchReadbacks } from './readbacks';
import '../src/worker/engine.worker';

watchReadbacks('engine');

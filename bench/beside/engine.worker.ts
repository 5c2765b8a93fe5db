/** The product's own engine on the CPU, with at most as many threads as its name says. */
import { browserEngine } from '../../src/engine/browserEngine';
import { answerAll } from '../../src/worker/host';
import { browserThreads } from '../../src/worker/threads';

answerAll(browserEngine({ backend: 'cpu', threads: { ...browserThreads(), count: Number(self.name) } }));

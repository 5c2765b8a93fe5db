import { browserEngine } from '../engine/browserEngine';
import { answerAll } from './host';
import { browserThreads } from './threads';

answerAll(browserEngine({ threads: browserThreads() }));

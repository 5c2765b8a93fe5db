import { browserEngine } from '../engine/browserEngine';
import { answerAll } from './host';

answerAll(browserEngine());

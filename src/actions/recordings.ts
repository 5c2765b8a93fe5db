import { openRecordings } from '../store/recordings/list';
import type { Action } from './action';

/** The list of recorded runs that come with the page. */
export const recordings: Action = { id: 'recordings', label: 'Recordings', keys: [], when: () => true, perform: openRecordings };

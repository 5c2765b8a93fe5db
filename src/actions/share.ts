import { openFile } from '../store/recordings/openFile';
import { chooseFile, saveFile } from '../store/recordings/saveFile';
import { canShare, openShare, traceFile } from '../store/recordings/share';
import type { Action } from './action';
import { isIdle } from './busy';

/** Makes a link that holds the whole run on the page. */
export const share: Action = { id: 'share', label: 'Share', keys: [], when: canShare, perform: openShare };

/** Saves the run on the page as a file, with all that is known of it. */
export const saveTrace: Action = {
  id: 'save-trace',
  label: 'Save as a file',
  keys: [],
  when: canShare,
  perform: () => {
    const { name, text } = traceFile();
    saveFile(name, text);
  },
};

/** Shows the recorded run in a file, or takes in a playlist. */
export const openTrace: Action = {
  id: 'open-trace',
  label: 'Open a file',
  keys: [],
  when: isIdle,
  perform: async () => {
    const file = await chooseFile('.json,application/json');
    if (file) await openFile(file);
  },
};

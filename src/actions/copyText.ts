import { outputText } from '../core/loop/text';
import { useRun } from '../store/run/run';
import type { Action } from './action';

/** Puts the text of the run on the page on the clipboard, without the drafts that were struck. */
export const copyText: Action = {
  id: 'copy-text',
  label: 'Copy text',
  keys: [],
  when: () => useRun.getState().events.some((event) => event.type === 'round'),
  perform: () => navigator.clipboard.writeText(outputText(useRun.getState().events)),
};

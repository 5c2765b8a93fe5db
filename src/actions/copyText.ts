import { committedTokens } from '../core/tally';
import { useRun } from '../store/run';
import type { Action } from './action';

/** Puts the committed text of the run on the page on the clipboard, without the drafts that were struck. */
export const copyText: Action = {
  id: 'copy-text',
  label: 'Copy text',
  keys: [],
  when: () => useRun.getState().events.some((event) => event.type === 'round'),
  perform: async () => {
    const tokens = committedTokens(useRun.getState().events);
    await navigator.clipboard.writeText(tokens.map((token) => token.text).join(''));
  },
};

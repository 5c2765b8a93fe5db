import { tell } from '../store/page/notice';
import { deleteRuns, idOf, pinRun, useHistory } from '../store/recordings/history';
import { useRun } from '../store/run/run';
import type { Action } from './action';

const shownId = () => idOf(useRun.getState().events);
const pinnedId = () => useHistory.getState().entries.find(({ pinned }) => pinned)?.id ?? null;

/** Keeps the run on the page as the one that later runs are compared with. */
export const pinShown: Action = {
  id: 'pin-run',
  label: 'Pin run',
  keys: ['p'],
  when: () => shownId() !== null && shownId() !== pinnedId(),
  whyNot: () => (shownId() === null ? 'There is no run to pin.' : 'This run is pinned already.'),
  perform: async () => {
    await pinRun(shownId());
    tell('The run is pinned. Change the prompt or a setting and run again: History shows both side by side.', () => pinRun(null));
  },
};

export const unpin: Action = {
  id: 'unpin-run',
  label: 'Unpin',
  keys: [],
  when: () => pinnedId() !== null,
  perform: async () => {
    const before = pinnedId();
    await pinRun(null);
    tell('No run is pinned.', () => pinRun(before));
  },
};

export const clearHistory: Action = {
  id: 'clear-history',
  label: 'Clear history',
  keys: [],
  when: () => useHistory.getState().entries.length > 0,
  perform: () => deleteTelling(useHistory.getState().entries.map(({ id }) => id)),
};

/** Deletes runs, and tells of it with the way back. */
export async function deleteTelling(ids: readonly string[]): Promise<void> {
  const undo = await deleteRuns(ids);
  tell(ids.length === 1 ? 'The run is deleted.' : `${ids.length} runs are deleted.`, undo);
}

export const HISTORY_ACTIONS: readonly Action[] = [pinShown, unpin, clearHistory];

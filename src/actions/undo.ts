import { undoLast, useNotice } from '../store/page/notice';
import type { Action } from './action';

/** Undoes the last deletion or reset. */
export const undo: Action = {
  id: 'undo',
  label: 'Undo',
  keys: ['Mod+z'],
  when: () => useNotice.getState().undo !== null,
  whyNot: () => 'There is nothing to undo.',
  perform: undoLast,
};

import { undoLast, useNotice } from '../store/page/notice';
import type { Action } from './action';

/** Takes back what was deleted or reset last. */
export const undo: Action = {
  id: 'undo',
  label: 'Undo',
  keys: ['Mod+z'],
  when: () => useNotice.getState().undo !== null,
  perform: undoLast,
};

import { startRun } from '../store/run';
import { useWork } from '../store/work';
import type { Action } from './action';

export const run: Action = {
  id: 'run',
  label: 'Run',
  keys: ['Mod+Enter'],
  when: () => useWork.getState().current === null,
  perform: startRun,
};

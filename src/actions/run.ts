import { useWork } from '../store/engine/work';
import { startRun } from '../store/run/run';
import type { Action } from './action';

export const run: Action = {
  id: 'run',
  label: 'Run',
  keys: ['Mod+Enter'],
  when: () => useWork.getState().current === null,
  perform: startRun,
};

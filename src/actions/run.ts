import { startRun, useRun } from '../store/run';
import type { Action } from './action';

export const run: Action = {
  id: 'run',
  label: 'Run',
  keys: ['Mod+Enter'],
  when: () => useRun.getState().activity === 'idle',
  perform: startRun,
};

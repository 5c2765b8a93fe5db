import { stopRun, useRun } from '../store/run';
import type { Action } from './action';

export const stop: Action = {
  id: 'stop',
  label: 'Stop',
  keys: ['Escape'],
  when: () => useRun.getState().activity === 'running',
  perform: stopRun,
};

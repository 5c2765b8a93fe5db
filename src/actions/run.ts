import { startRun } from '../store/run/run';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

export const run: Action = {
  id: 'run',
  label: 'Run',
  keys: ['Mod+Enter'],
  when: isIdle,
  whyNot: whyBusy,
  perform: startRun,
};

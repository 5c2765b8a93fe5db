import { runExperiment } from '../store/modes/experiment';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

export const startExperiment: Action = {
  id: 'start-experiment',
  label: 'Run the experiment',
  keys: ['Mod+Enter'],
  view: 'experiment',
  when: isIdle,
  whyNot: whyBusy,
  perform: runExperiment,
};

import { useWork } from '../store/engine/work';
import { runExperiment } from '../store/modes/experiment';
import type { Action } from './action';

export const startExperiment: Action = {
  id: 'start-experiment',
  label: 'Run the experiment',
  keys: ['Mod+Enter'],
  view: 'experiment',
  when: () => useWork.getState().current === null,
  perform: runExperiment,
};

import { load, useLoading } from '../store/engine/loading';
import type { Action } from './action';

export const loadAgain: Action = {
  id: 'load-again',
  label: 'Load again',
  keys: [],
  when: () => useLoading.getState().failure !== null,
  perform: load,
};

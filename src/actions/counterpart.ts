import { startCounterpart, useRun } from '../store/run/run';
import type { Action } from './action';
import { isIdle } from './busy';

/** Decodes the prompt of the run on the page the other way too, plainly or speculatively, so that both outputs stand side by side. */
export const runCounterpart: Action = {
  id: 'counterpart',
  label: 'Same output? Run it the other way',
  keys: [],
  when: () => isIdle() && useRun.getState().events.some((event) => event.type === 'round'),
  perform: startCounterpart,
};

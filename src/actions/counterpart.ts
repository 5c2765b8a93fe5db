import { chosenTarget } from '../store/engine/catalogue';
import { startCounterpart, useRun, whyNoCounterpart } from '../store/run/run';
import type { Action } from './action';
import { isIdle } from './busy';

/** Decodes the prompt of the run on the page the other way too, plainly or speculatively, so that both outputs stand side by side. */
export const runCounterpart: Action = {
  id: 'counterpart',
  label: 'Same output? Compare',
  keys: [],
  when: () => isIdle() && whyNoCounterpart(useRun.getState().events, chosenTarget()) === null,
  perform: startCounterpart,
};

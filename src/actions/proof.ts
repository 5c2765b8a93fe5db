import { useWork } from '../store/engine/work';
import { proveSame, showWrongRule as sampleWrongRule, useProof } from '../store/modes/proof';
import type { Action } from './action';

const isIdle = () => useWork.getState().current === null;

/** Decodes the prompt both ways and says whether the output is the same. */
export const proveHere: Action = {
  id: 'prove-here',
  label: 'Same output?',
  keys: ['Mod+Enter'],
  view: 'prove',
  when: isIdle,
  perform: proveSame,
};

/** Shows on a rule that is wrong on purpose that the test can fail. */
export const showWrongRule: Action = {
  id: 'show-wrong-rule',
  label: 'Show what a wrong rule looks like',
  keys: [],
  view: 'prove',
  when: () => isIdle() && (useProof.getState().distribution?.samples.plain.length ?? 0) > 0,
  perform: sampleWrongRule,
};

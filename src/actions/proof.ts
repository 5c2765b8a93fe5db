import { canSampleWrongRule, sampleWrongRule, startProof } from '../store/modes/proof';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

/** Decodes the prompt both ways and says whether the output is the same. */
export const compareOutputs: Action = {
  id: 'proof-start',
  label: 'Same output?',
  keys: ['Mod+Enter'],
  view: 'proof',
  when: isIdle,
  whyNot: whyBusy,
  perform: startProof,
};

/** Shows on a rule that is wrong on purpose that the test can fail. */
export const showWrongRule: Action = {
  id: 'show-wrong-rule',
  label: 'Show what a wrong rule looks like',
  keys: [],
  view: 'proof',
  when: () => isIdle() && canSampleWrongRule(),
  perform: sampleWrongRule,
};

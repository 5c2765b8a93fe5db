import { EVIDENCE_NAMES, measureEvidence } from '../store/modes/claims';
import type { Action } from './action';
import { isIdle, whyBusy } from './busy';

/** Runs what every claim needs for its verdict. */
export const measureAllClaims: Action = {
  id: 'measure-all-claims',
  label: 'Measure all claims',
  keys: ['Mod+Enter'],
  view: 'claims',
  when: isIdle,
  whyNot: whyBusy,
  perform: () => measureEvidence(EVIDENCE_NAMES),
};

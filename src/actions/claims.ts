import { useWork } from '../store/engine/work';
import { EVIDENCE_NAMES, measureEvidence } from '../store/modes/claims';
import type { Action } from './action';

/** Runs what every claim needs for its verdict. */
export const measureAllClaims: Action = {
  id: 'measure-all-claims',
  label: 'Measure all claims',
  keys: ['Mod+Enter'],
  view: 'claims',
  when: () => useWork.getState().current === null,
  perform: () => measureEvidence(EVIDENCE_NAMES),
};

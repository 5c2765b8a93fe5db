import { measureCalibration, useCalibration } from '../store/engine/calibration';
import { useCatalogue } from '../store/engine/catalogue';
import { figuredPair } from '../store/run/figures';
import type { Action } from './action';
import { isIdle } from './busy';

/** Times rounds on this device, of the pair that the page's figures speak of: the shown run's, or the chosen one. A run that starts during the measurement ends it. */
export const measureCosts: Action = {
  id: 'measure-costs',
  label: 'Measure this device',
  keys: [],
  when: () => !useCalibration.getState().measuring && isIdle() && useCatalogue.getState().catalogue !== null,
  perform: () => measureCalibration(figuredPair()),
};

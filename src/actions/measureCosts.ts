import { measureCalibration, useCalibration } from '../store/calibration';
import { useLoading } from '../store/loading';
import { useWork } from '../store/work';
import type { Action } from './action';

/** Times rounds of the chosen pair on this device; a run that starts meanwhile ends it. */
export const measureCosts: Action = {
  id: 'measure-costs',
  label: 'Measure this device',
  keys: [],
  when: () => !useCalibration.getState().measuring && useWork.getState().current === null && useLoading.getState().manifest !== null,
  perform: measureCalibration,
};

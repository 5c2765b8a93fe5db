import { measureCalibration, useCalibration } from '../store/calibration';
import { figuredDraft } from '../store/figures';
import { useLoading } from '../store/loading';
import { useWork } from '../store/work';
import type { Action } from './action';

/** Times rounds on this device, of the pair that the page's figures speak of: the shown run's, else the chosen one. A run that starts meanwhile ends it. */
export const measureCosts: Action = {
  id: 'measure-costs',
  label: 'Measure this device',
  keys: [],
  when: () => !useCalibration.getState().measuring && useWork.getState().current === null && useLoading.getState().manifest !== null,
  perform: () => measureCalibration(figuredDraft()),
};

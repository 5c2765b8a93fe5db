import { stopCalibration, useCalibration } from '../store/engine/calibration';
import { stopWork, useWork } from '../store/engine/work';
import type { Action } from './action';

export const stop: Action = {
  id: 'stop',
  label: 'Stop',
  keys: ['Escape'],
  when: () => {
    const { current, stopping } = useWork.getState();
    return (current !== null && !stopping) || useCalibration.getState().asked;
  },
  whyNot: () => (useWork.getState().stopping ? 'The models are stopping already.' : ''),
  perform: () => {
    stopWork();
    if (useCalibration.getState().asked) stopCalibration();
  },
};

/** What to expect of a model before it is downloaded, where no graphics card computes. */

import { ADDRESSED_BYTES } from '../../core/bytes';
import { plainTokenMs } from '../../core/cost/cost';
import { type Expectation, expectationOf, TIMED_ELSEWHERE, type Timed } from '../../core/cost/expectation';
import { EXAMPLE } from '../../core/cost/figures';
import { useBackend } from '../engine/backend';
import { calibrationOf, useCalibration } from '../engine/calibration';
import { chosenPair, chosenTarget, useTarget } from '../engine/catalogue';
import { useLoading } from '../engine/loading';
import { usePublished } from './published';

interface Judged {
  readonly parameters: number;
  /** null: not known. */
  readonly weightBytes: number | null;
}

/** What to expect of `model` here; null on a graphics card, where that depends on the card. */
export function useExpectation(model: Judged): Expectation | null {
  const { device, deviceKnown } = usePublished();
  useTarget();
  useBackend((state) => state.computedBy);
  useLoading((state) => state.progress);
  useCalibration((state) => state.measured);
  if (!deviceKnown || device?.software === false) return null;
  return expectationOf(model.parameters, timedFor(model.weightBytes ?? 0) ?? TIMED_ELSEWHERE);
}

/** What a token of the chosen target takes, on what a model of `weightBytes` would be computed by; null while the target is not ready or was not timed. */
function timedFor(weightBytes: number): Timed | null {
  const model = chosenTarget()?.model;
  const { computedBy } = useBackend.getState();
  if (!model || computedBy?.target !== model.id || useLoading.getState().progress[model.id]?.phase !== 'ready') return null;
  const { name, parameters } = model;
  if (computedBy.because.why === 'faster') {
    const { webgpu, cpu } = computedBy.because.decodeMs;
    return { name, parameters, tokenMs: weightBytes < ADDRESSED_BYTES ? Math.min(webgpu, cpu) : webgpu };
  }
  const costs = calibrationOf(chosenPair());
  return costs && { name, parameters, tokenMs: plainTokenMs(costs, EXAMPLE.context) };
}

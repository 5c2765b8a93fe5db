import type { Calibration } from '../../../core/cost/cost';
import { EXAMPLE } from '../../../core/cost/figures';
import { calibrationOf, useCalibration } from '../../../store/engine/calibration';
import { useLoading } from '../../../store/engine/loading';
import { useSettings } from '../../../store/run/settings';

/** Tokens in the cache that the figures of the lessons are for. */
export const CONTEXT = EXAMPLE.context;

/** What the chosen pair costs on this device, kept true; null until it is measured. */
export function useCosts(): Calibration | null {
  const draft = useSettings((settings) => settings.draft);
  // The key of what was measured depends on both.
  useCalibration((state) => state.measured);
  useLoading((state) => state.manifest);
  return calibrationOf(draft);
}

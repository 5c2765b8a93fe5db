import type { Calibration } from '../../../core/cost/cost';
import { EXAMPLE } from '../../../core/cost/figures';
import { calibrationOf, usePairToCost } from '../../../store/engine/calibration';

/** Tokens in the cache that the figures of the lessons are for. */
export const CONTEXT = EXAMPLE.context;

/** What the chosen pair costs on this device, kept true; null until it is measured. */
export function useCosts(): Calibration | null {
  return calibrationOf(usePairToCost());
}

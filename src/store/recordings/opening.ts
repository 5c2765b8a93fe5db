import { decodeTrace } from '../../formats/trace/trace';
import recorded from './opening.json';
import { playSlowly } from './playback';
import { showTrace } from './recording';

/**
 * Shows the run that the page opens with: recorded, so that there is something to see before any model is here. With reduced motion, the user sees
 * it finished. A page whose opening cannot be used opens empty.
 */
export function showOpening(): void {
  try {
    showTrace(decodeTrace(recorded), true);
  } catch {
    return;
  }
  if (!matchMedia('(prefers-reduced-motion: reduce)').matches) playSlowly();
}

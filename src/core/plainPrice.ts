import { roundMs } from './cost';
import { startOf, tally } from './tally';
import type { RunEvent } from './types';

/**
 * How many times as fast a run decoded as plain decoding would have by the costs that were measured on its device before it, at the middle of its
 * text; null for plain decoding, and where no costs or no speed are known.
 */
export function speedupAtPlainPrice(events: readonly RunEvent[]): number | null {
  const start = startOf(events);
  const { tokensPerSecond, committed } = tally(events);
  if (!start?.calibration || tokensPerSecond === null || start.settings.mode === 'plain') return null;
  const plainMs = roundMs(start.calibration, 0, start.promptIds.length + Math.round(committed / 2));
  return (tokensPerSecond * plainMs) / 1000;
}

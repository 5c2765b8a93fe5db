import type { RoundEvent, RunEvent } from '../types';
import { compareRuns } from './comparison';
import { startOf, tally } from './tally';

/** A speedup of decoding alone, as two factors whose product it is. */
export interface SpeedupParts {
  /** What reading back more rarely gains: plain decoding over one that reads back as often as speculation did. Below 1: speculation read back more often. */
  readonly readbacks: number;
  /** What the rest comes to: fewer passes of the target, at the price of drafts. */
  readonly passes: number;
}

/**
 * How much of what `speculative` was faster than `plain` comes from readbacks, each of which takes what plain tokens that share one were spared on this device, or what a bare one took.
 *
 * @returns null where the two cannot be compared, a readback was not measured, or nothing was read back, as on the CPU
 */
export function speedupParts(speculative: readonly RunEvent[], plain: readonly RunEvent[]): SpeedupParts | null {
  const speedup = compareRuns(speculative, plain)?.speedup.decoding ?? null;
  const costs = startOf(plain)?.calibration ?? startOf(speculative)?.calibration;
  const bareMs = costs?.plainSharedMs ?? costs?.readbackMs;
  if (!costs || speedup === null || bareMs == null) return null;
  const readbackMs = Math.max(bareMs, costs.readbackMs ?? 0);
  const [fast, slow] = [perToken(speculative), perToken(plain)];
  if (fast.readbacks + slow.readbacks === 0) return null;
  const asRarely = slow.ms - (slow.readbacks - fast.readbacks) * readbackMs;
  // A readback that hides behind other work can take more by itself than it adds.
  return asRarely > 0 ? { readbacks: slow.ms / asRarely, passes: asRarely / fast.ms } : null;
}

/** The geometric means of several. */
export function meanParts(all: readonly SpeedupParts[]): SpeedupParts | null {
  if (all.length === 0) return null;
  const mean = (of: (parts: SpeedupParts) => number) => Math.exp(all.reduce((sum, parts) => sum + Math.log(of(parts)), 0) / all.length);
  return { readbacks: mean(({ readbacks }) => readbacks), passes: mean(({ passes }) => passes) };
}

/** Of decoding alone: the first round is the prompt's. */
function perToken(events: readonly RunEvent[]): { readonly ms: number; readonly readbacks: number } {
  const [first, ...rounds] = events.filter((event): event is RoundEvent => event.type === 'round');
  const { committed, decodeMs } = tally(events);
  const tokens = committed - (first ? tally([first]).committed : 0);
  return { ms: decodeMs / tokens, readbacks: rounds.reduce((sum, { readbacks }) => sum + readbacks, 0) / tokens };
}

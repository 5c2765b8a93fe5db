import type { RunEvent } from '../core/types';
import { decodeTrace } from '../formats/trace/trace';

/** Runs of the embedded pair that were recorded once, so that a lesson has a real one before any model is loaded. */
const FILES = {
  /** The weak draft at temperature 1, under the rejection rule. */
  sampled: () => import('./recorded/sampled.json'),
} as const;

export type RecordedName = keyof typeof FILES;

export async function recordedRun(name: RecordedName): Promise<readonly RunEvent[]> {
  const { default: document } = await FILES[name]();
  return decodeTrace(document).events;
}

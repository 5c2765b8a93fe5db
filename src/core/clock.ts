/**
 * What becomes of a clock before its times are used. A browser's may stand still, move in steps of up to 100 ms, or step back, and so may a
 * device's (WebGPU allows it); no time of a run is negative, endless or no number all the same.
 */
import type { DeviceTimes } from './types';

/** A day: no run, and no part of one, is told to be longer. */
export const LONGEST_MS = 86_400_000;

/** Steps of its clock that a time has at least that can be told: it is off by an eighth at most. */
const STEPS = 8;

/** The time since now by `source`: it never goes back, leaves out what `source` steps back, and stands still after a day. */
export function steadyClock(source: () => number): () => number {
  let before = source();
  let ms = 0;
  return () => {
    const now = source();
    if (now > before) ms = Math.min(LONGEST_MS, ms + (now - before));
    if (Number.isFinite(now)) before = now;
    return ms;
  };
}

/** Readings within which a clock that can measure anything moves on: some 20 ms of them. */
const READINGS = 300_000;
/** The first step is seen from its middle, and one may be missed. */
const STEPS_SEEN = 4;

/**
 * The smallest step that `clock` makes, in milliseconds; `Infinity` where it makes none while it is read over and over. Takes as long as a few
 * steps, and no longer than `READINGS`.
 */
export function clockStep(clock: () => number): number {
  let smallest = Infinity;
  let before = clock();
  for (let reading = 0, seen = 0; reading < READINGS && seen < STEPS_SEEN; reading++) {
    const now = clock();
    if (now > before) {
      smallest = Math.min(smallest, now - before);
      seen++;
    }
    before = now;
  }
  return smallest;
}

/** Whether a time by a clock of such steps says how long something took. */
export function canBeTold(ms: number, stepMs: number): boolean {
  return ms > 0 && ms >= STEPS * stepMs;
}

/** `ms` as a length of time that can be: 0 if it is below that or no number, and a day at most. */
export function bounded(ms: number): number {
  return ms > 0 ? Math.min(LONGEST_MS, ms) : 0;
}

/** The device's times of a round where both can be, otherwise null, as without a clock: it may have stepped back between two readings. */
export function possibleTimes(device: DeviceTimes | null): DeviceTimes | null {
  return device && [device.draftMs, device.verifyMs].every((ms) => ms >= 0 && ms <= LONGEST_MS) ? device : null;
}

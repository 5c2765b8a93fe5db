import { describe, expect, it } from 'vitest';
import { bounded, canBeTold, clockStep, LONGEST_MS, possibleTimes, steadyClock } from '../../src/core/clock';

/** A clock that gives `values` one after the other, and its last one from then on. */
function readings(...values: number[]) {
  let at = 0;
  return () => values[Math.min(at++, values.length - 1)] as number;
}

const read = (clock: () => number, times: number) => Array.from({ length: times }, clock);

/** A clock of steps of `stepMs`, of which a reading takes a ten-thousandth of a millisecond. */
function stepping(stepMs: number) {
  let ms = 0;
  return () => {
    ms += 1e-4;
    return Math.floor(ms / stepMs) * stepMs;
  };
}

describe('a steady clock', () => {
  it('begins at 0 and goes on as its source does', () => {
    expect(read(steadyClock(readings(100, 101, 101, 104.5)), 3)).toEqual([1, 1, 4.5]);
  });

  it('stands still while its source steps back, and goes on from there', () => {
    expect(read(steadyClock(readings(100, 110, 50, 50, 53)), 4)).toEqual([10, 10, 10, 13]);
  });

  it('takes what is not a number for no time, and ends after a day', () => {
    expect(read(steadyClock(readings(Number.NaN, 5, Number.NaN, 7)), 3)).toEqual([0, 0, 2]);
    expect(read(steadyClock(readings(0, 1e300, Infinity, -Infinity, 3)), 4)).toEqual(Array(4).fill(LONGEST_MS));
  });
});

describe('the step of a clock', () => {
  it.each([0.005, 0.1, 1, 16.7])('is found: %s ms', (stepMs) => {
    expect(clockStep(stepping(stepMs))).toBeCloseTo(stepMs, 6);
  });

  it('is endless where the clock does not move while it is read', () => {
    expect(clockStep(() => 7)).toBe(Infinity);
    expect(clockStep(stepping(100))).toBe(Infinity);
    expect(clockStep(() => Number.NaN)).toBe(Infinity);
  });
});

describe('a time', () => {
  it('can be told from eight steps on, and never where it is 0', () => {
    expect([canBeTold(0, 0), canBeTold(799, 100), canBeTold(800, 100), canBeTold(5, 0), canBeTold(5, Infinity)]).toEqual([
      ...[false, false, true, true, false],
    ]);
  });

  it('is 0 where it cannot be, and a day at most', () => {
    expect([-1, Number.NaN, 3, 1e300, Infinity].map(bounded)).toEqual([0, 0, 3, LONGEST_MS, LONGEST_MS]);
  });

  it('of a device that stepped back is null', () => {
    expect(possibleTimes({ draftMs: 1, verifyMs: 0 })).toEqual({ draftMs: 1, verifyMs: 0 });
    for (const ms of [-0.1, Number.NaN, 1e300, Infinity]) {
      expect(possibleTimes({ draftMs: ms, verifyMs: 1 })).toBeNull();
      expect(possibleTimes({ draftMs: 1, verifyMs: ms })).toBeNull();
    }
    expect(possibleTimes(null)).toBeNull();
  });
});

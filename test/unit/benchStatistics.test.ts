import { describe, expect, it } from 'vitest';
import { medianOfKnown, milliseconds } from '../../bench/statistics.mjs';

describe('a time in a bench’s report', () => {
  it('is told in milliseconds, and one that the clock could not tell as that', () => {
    expect([5.6, 0, null].map(milliseconds)).toEqual(['5.60 ms', '0.00 ms', 'too short to tell']);
  });
});

describe('a median in a bench’s report', () => {
  it('leaves out what is not known, and is not known itself where nothing is', () => {
    expect(medianOfKnown([null, 0.3, null, 0.1, 0.2])).toBe(0.2);
    expect(medianOfKnown([null, null])).toBeNull();
    expect(medianOfKnown([])).toBeNull();
  });
});

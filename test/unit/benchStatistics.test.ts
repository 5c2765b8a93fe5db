import { describe, expect, it } from 'vitest';
import { milliseconds } from '../../bench/statistics.mjs';

describe('a time in a bench’s report', () => {
  it('is told in milliseconds, and one that the clock could not tell as that', () => {
    expect([5.6, 0, null].map(milliseconds)).toEqual(['5.60 ms', '0.00 ms', 'too short to tell']);
  });
});

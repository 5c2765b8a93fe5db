import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { checkSettings } from '../../src/core/settings';
import type { RunSettings } from '../../src/core/types';

const good: RunSettings = { mode: 'speculative', gamma: 4, maxTokens: 100, ignoreStopTokens: false };

function failureOf(change: Partial<RunSettings>) {
  try {
    checkSettings({ ...good, ...change });
  } catch (error) {
    return error instanceof FailureError ? error.failure : error;
  }
  return null;
}

describe('checkSettings', () => {
  it('lets everything within the limits through', () => {
    for (const gamma of [1, 16]) for (const maxTokens of [1, 2 ** 40]) expect(failureOf({ gamma, maxTokens })).toBeNull();
  });

  it('asks nothing of γ where nothing is drafted', () => {
    expect(failureOf({ mode: 'plain', gamma: 99 })).toBeNull();
  });

  it('names the field, the value and the range of what is outside', () => {
    for (const gamma of [0, 17, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(failureOf({ gamma })).toEqual({
        code: 'invalid-setting',
        message: `Draft length γ is ${gamma}.`,
        hint: 'Choose a whole number, 1 to 16.',
      });
    }
    for (const maxTokens of [0, -5, 0.5, Number.NaN]) {
      expect(failureOf({ maxTokens })).toEqual({
        code: 'invalid-setting',
        message: `Most tokens is ${maxTokens}.`,
        hint: 'Choose a whole number, 1 or more.',
      });
    }
  });
});

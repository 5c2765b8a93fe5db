import { describe, expect, it } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { checkSettings, DEFAULT_RUN, GREEDY } from '../../src/core/settings';
import type { RunSettings, SamplingSettings } from '../../src/core/types';

const good: RunSettings = { ...DEFAULT_RUN, gamma: 4 };

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

  it('names the field and the range of what cannot be sampled by', () => {
    const sampledBy = (change: Partial<SamplingSettings>) => failureOf({ sampling: { ...GREEDY, ...change } });
    expect(sampledBy({ temperature: 1.3, topP: 0.1, topK: 5, logitBias: { 7: -100 }, seed: 2 ** 40, rule: 'coupled' })).toBeNull();
    for (const [change, message, hint] of [
      [{ temperature: -0.1 }, 'Temperature is -0.1.', 'Choose a number, 0 or more.'],
      [{ temperature: Number.NaN }, 'Temperature is NaN.', 'Choose a number, 0 or more.'],
      [{ topP: 1.01 }, 'Top-p is 1.01.', 'Choose a number above 0, at most 1.'],
      [{ topK: 1.5 }, 'Top-k is 1.5.', 'Choose a whole number, 0 (off) or more.'],
      [{ presencePenalty: 3 }, 'Presence penalty is 3.', 'Choose a number, -2 to 2.'],
      [{ seed: -1 }, 'Seed is -1.', 'Choose a whole number, 0 to 2^64 - 1.'],
      [{ logitBias: { 7: 101 } }, 'The logit bias of token 7 is 101.', 'Choose a number, -100 to 100.'],
    ] as const) {
      expect(sampledBy(change)).toEqual({ code: 'invalid-setting', message, hint });
    }
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

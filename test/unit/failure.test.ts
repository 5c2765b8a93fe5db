import { describe, expect, it } from 'vitest';
import { FailureError, toFailure } from '../../src/core/failure';

describe('toFailure', () => {
  it('takes the failure out of what is ours', () => {
    const cause = new Error('below');
    const error = new FailureError('device-lost', 'It is gone.', 'Run again.', cause);
    expect(toFailure(error)).toEqual({ code: 'device-lost', message: 'It is gone.', hint: 'Run again.' });
    expect(error.cause).toBe(cause);
    expect(error.message).toBe('It is gone.');
  });

  it('keeps the message of what is not, whatever was thrown', () => {
    for (const [thrown, said] of [
      [new TypeError('x is not a function'), 'x is not a function'],
      ['a text', 'a text'],
      [undefined, 'undefined'],
      [{ toString: () => 'an object' }, 'an object'],
    ] as const) {
      const failure = toFailure(thrown);
      expect(failure.code).toBe('internal');
      expect(failure.message).toContain(said);
      expect(failure.hint).not.toBe('');
    }
  });
});

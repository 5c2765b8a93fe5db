import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../src/node/serve';

describe('the key', () => {
  it('is the option, else the variable; an empty variable is none', () => {
    expect([keyOf('a', 'b'), keyOf(undefined, 'b'), keyOf(undefined, ''), keyOf(undefined, undefined)]).toEqual(['a', 'b', null, null]);
  });

  it('must not be empty where it is named', () => {
    expect(() => keyOf('', 'b')).toThrow('--api-key is empty.');
  });
});

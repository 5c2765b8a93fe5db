import { describe, expect, it } from 'vitest';
import { keyOf, reachWarning } from '../../../src/node/serve';

describe('the key', () => {
  it('is the option, else the variable; an empty variable sets no key', () => {
    expect([keyOf('a', 'b'), keyOf(undefined, 'b'), keyOf(undefined, ''), keyOf(undefined, undefined)]).toEqual(['a', 'b', null, null]);
  });

  it('must not be empty where it is named', () => {
    expect(() => keyOf('', 'b')).toThrow('--api-key is empty.');
  });
});

describe('a server that others can reach', () => {
  it('says so, and that it asks for no key', () => {
    expect(reachWarning('127.0.0.1', null)).toEqual([]);
    expect(reachWarning('0.0.0.0', 'key')).toEqual(['Other machines can reach this server.']);
    expect(reachWarning('0.0.0.0', null)).toEqual(['Other machines can reach this server.', expect.stringContaining('--api-key')]);
  });
});

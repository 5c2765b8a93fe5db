import { describe, expect, it } from 'vitest';
import { type Access, corsHeaders, isLoopback, originOf, requireKey, requireKnownCaller } from '../../../src/node/server/guards';

const access = (changes: Partial<Access> = {}): Access => ({ host: '127.0.0.1', origins: [], key: null, ...changes });
const refused = (code: string) => expect.objectContaining({ body: { error: expect.objectContaining({ code }) } });

describe('a server on this machine only', () => {
  it.each(['127.0.0.1:8080', 'localhost', 'LOCALHOST:1', '[::1]:8080', '127.8.9.1'])('answers as %s', (host) => {
    expect(() => requireKnownCaller({ host }, access())).not.toThrow();
  });

  it.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', 'localhost.evil.example', '', '192.168.1.2:8080'])(
    'is not reached by a name that points here: "%s"',
    (host) => {
      expect(() => requireKnownCaller({ host }, access())).toThrow(refused('host_not_allowed'));
    },
  );

  it('answers by any name where it serves other machines', () => {
    expect(() => requireKnownCaller({ host: 'gpu.example:8080' }, access({ host: '0.0.0.0' }))).not.toThrow();
    expect([isLoopback('::1'), isLoopback('localhost'), isLoopback('0.0.0.0'), isLoopback('::')]).toEqual([true, true, false, false]);
  });
});

describe('a page that asks', () => {
  const from = (origin: string, changes: Partial<Access> = {}) => requireKnownCaller({ host: 'localhost:8080', origin }, access(changes));

  it('may be the server’s own, or one of an origin that was named', () => {
    expect(() => from('http://localhost:8080')).not.toThrow();
    expect(() => from('https://app.example', { origins: ['https://app.example'] })).not.toThrow();
    expect(() => from('null', { origins: ['*'] })).not.toThrow();
  });

  it.each(['https://evil.example', 'http://localhost:3000', 'null', 'http://localhost:8080.evil.example', ''])(
    'is refused from another origin: "%s"',
    (origin) => {
      expect(() => from(origin)).toThrow(refused('origin_not_allowed'));
      expect(() => from(origin, { origins: ['https://app.example'] })).toThrow(refused('origin_not_allowed'));
    },
  );

  it.each([
    ['an address', '192.168.1.2:8080', {}],
    ['an address of IPv6', '[fe80::1]:8080', {}],
    ['localhost', 'localhost:8080', {}],
    ['the name that it listens on', 'gpu.example:8080', { host: 'gpu.example' }],
    ['any name behind a key', 'gpu.example:8080', { key: 'k' }],
  ])('may be the own page of a server for other machines, under %s', (_, host, changes) => {
    const known = access({ host: '0.0.0.0', ...changes });
    expect(() => requireKnownCaller({ host, origin: `http://${host}` }, known)).not.toThrow();
  });

  it('is refused where its site may have pointed its own name at a server for other machines', () => {
    const headers = { host: 'evil.example:8080', origin: 'http://evil.example:8080' };
    expect(() => requireKnownCaller(headers, access({ host: '0.0.0.0' }))).toThrow(refused('origin_not_allowed'));
  });

  it('is told that it may read the answer only where its origin was named', () => {
    const headers = { origin: 'https://app.example', 'access-control-request-headers': 'x-a, authorization' };
    expect(corsHeaders(headers, access())).toEqual({});
    expect(corsHeaders({}, access({ origins: ['*'] }))).toEqual({});
    expect(corsHeaders(headers, access({ origins: ['*'] }))).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-headers': 'x-a, authorization',
      vary: 'Origin',
    });
  });
});

describe('an origin', () => {
  it.each([
    ['*', '*'],
    ['null', 'null'],
    ['https://Example.org', 'https://example.org'],
    ['https://example.org:443/', 'https://example.org'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
  ])('is read as browsers send it: %s', (text, origin) => {
    expect(originOf(text)).toBe(origin);
  });

  it.each([
    'foo',
    '',
    'example.org',
    'https://',
    'https://example.org/app',
    'https://example.org?a',
    'https://me@example.org',
    'ftp://a.b',
  ])('is not "%s"', (text) => {
    expect(originOf(text)).toBeNull();
  });
});

describe('a key', () => {
  it('is asked for only where the server has one', () => {
    expect(() => requireKey({}, access())).not.toThrow();
    expect(() => requireKey({ authorization: 'Bearer k' }, access({ key: 'k' }))).not.toThrow();
  });

  it.each([undefined, '', 'k', 'Bearer ', 'Bearer K', 'Bearer kk', 'Basic k'])('must be the whole key: %s', (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect(() => requireKey(headers, access({ key: 'k' }))).toThrow(refused('invalid_api_key'));
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchManifest, keepManifest } from '../../src/catalog/manifest';
import { FailureError } from '../../src/core/failure';
import { MANIFEST } from './support/manifest';

const FOLDER = 'https://models.test/lecture/models/';
const NEWER = { ...MANIFEST, pair: { ...MANIFEST.pair, name: 'Newer pair' } };

const answer = (respond: (signal: AbortSignal) => Promise<Response>) =>
  vi.spyOn(globalThis, 'fetch').mockImplementation((_, init) => respond(init?.signal as AbortSignal));
const never = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** The first bytes of a list, and no more. */
const broken = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"format": 1,'));
      controller.error(new TypeError('network error'));
    },
  });

/** The first bytes of a list, and the rest never. */
const stalled = (signal: AbortSignal) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"format": 1,'));
      signal.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
  });

type Silence = [what: string, respond: (signal: AbortSignal) => Promise<Response>];
const SILENCES: readonly Silence[] = [
  ['breaks off', async () => Promise.reject(new TypeError('Failed to fetch'))],
  ['never answers', never],
  ['breaks off within it', async () => new Response(broken())],
  ['has another page stand between', async () => new Response('<!doctype html><title>Sign in</title>')],
  ['stalls within it', async (signal) => new Response(stalled(signal))],
  ['answers nothing', async () => new Response('')],
  ['answers JSON that is not a list', async () => Response.json({ error: 'too many requests' })],
  ['answers with a list that this page cannot read', async () => Response.json({ ...NEWER, format: 2 })],
  ...[401, 403, 410, 418, 429, 451, 500, 502, 503, 504].map(
    (status): Silence => [`answers ${status}`, async () => new Response('', { status, headers: { 'retry-after': '60' } })],
  ),
];

const REFUSALS: [status: number, headers: Record<string, string>, message: RegExp, hint: RegExp][] = [
  [429, { 'retry-after': '90' }, /answered 429\.$/, /^The server is busy\. Wait 90 s, then try again/],
  [503, {}, /answered 503\.$/, /^The server is down for now/],
  [403, {}, /answered 403\.$/, /^You may have to sign in/],
];

beforeEach(async () => {
  await caches.delete('foretoken/lists');
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the list of models', () => {
  it('is the server’s as long as that answers', async () => {
    await keepManifest(FOLDER, MANIFEST);
    answer(async () => Response.json(NEWER));
    expect((await fetchManifest(FOLDER)).pair.name).toBe('Newer pair');
  });

  it.each(SILENCES)('is the kept one where the network %s', async (_, respond) => {
    await keepManifest(FOLDER, MANIFEST);
    answer(respond);
    expect(await fetchManifest(FOLDER)).toEqual(MANIFEST);
  });

  it('is missing where the server says so, kept or not, and another folder’s is not used', async () => {
    await keepManifest(FOLDER, MANIFEST);
    answer(async () => new Response('', { status: 404 }));
    const missing = fetchManifest(FOLDER);
    await expect(missing).rejects.toBeInstanceOf(FailureError);
    await expect(missing).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchManifest('https://models.test/other/')).rejects.toMatchObject({ failure: { code: 'network' } });
  });

  it.each(REFUSALS)('is refused with %i in words where none is kept', async (status, headers, message, hint) => {
    answer(async () => new Response('', { status, headers }));
    const { failure } = await fetchManifest(FOLDER).then(
      () => Promise.reject(new Error('a list')),
      (thrown: FailureError) => thrown,
    );
    expect(failure).toMatchObject({ code: 'server-refused', message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('is asked for again after as long as a busy server says', async () => {
    const answers = [new Response('', { status: 429, headers: { 'retry-after': '0' } }), Response.json(NEWER)];
    answer(async () => answers.shift() ?? Promise.reject(new Error('asked too often')));
    expect((await fetchManifest(FOLDER)).pair.name).toBe('Newer pair');
  });

  it('that was kept and cannot be read is as none', async () => {
    const url = `${FOLDER}manifest.json`;
    await (await caches.open('foretoken/lists')).put(url, new Response('{"format": 9}'));
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchManifest(FOLDER)).rejects.toMatchObject({ failure: { code: 'network' } });
  });
});

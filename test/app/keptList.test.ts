import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailureError } from '../../src/core/failure';
import { fetchManifest, keepManifest } from '../../src/model/manifest';
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

const SILENCES: [what: string, respond: (signal: AbortSignal) => Promise<Response>][] = [
  ['breaks off', async () => Promise.reject(new TypeError('Failed to fetch'))],
  ['never answers', never],
  ['breaks off within it', async () => new Response(broken())],
  ['has another page stand between', async () => new Response('<!doctype html><title>Sign in</title>')],
  ['is down', async () => new Response('', { status: 503 })],
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

  it('is missing where the server says so, kept or not, and another folder’s is none', async () => {
    await keepManifest(FOLDER, MANIFEST);
    answer(async () => new Response('', { status: 404 }));
    const missing = fetchManifest(FOLDER);
    await expect(missing).rejects.toBeInstanceOf(FailureError);
    await expect(missing).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchManifest('https://models.test/other/')).rejects.toMatchObject({ failure: { code: 'network' } });
  });

  it('that was kept and cannot be read is as none', async () => {
    const url = `${FOLDER}manifest.json`;
    await (await caches.open('foretoken/lists')).put(url, new Response('{"format": 9}'));
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchManifest(FOLDER)).rejects.toMatchObject({ failure: { code: 'network' } });
  });
});

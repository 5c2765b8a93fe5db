import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseList } from '../../src/catalog/list';
import { fetchCatalogue, keepResolved } from '../../src/catalog/lists';
import { type Catalogue, resolveList } from '../../src/catalog/resolve';
import { FailureError } from '../../src/core/failure';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { FURTHER_MANIFEST, MANIFEST } from './support/manifest';

const FOLDER = 'https://models.test/lecture/models/';
const URL_OF_LIST = `${FOLDER}manifest.json`;
const NEWER = { ...MANIFEST, pair: { ...MANIFEST.pair, name: 'Newer pair' } };

const keep = () => keepResolved(resolveList(parseList(MANIFEST), URL_OF_LIST, new Set()), BROWSER_CACHE);
const fetchAgain = () => fetchCatalogue([URL_OF_LIST], BROWSER_CACHE);
const nameOf = ({ targets }: Catalogue) => targets[0]?.name;
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
  ['answers with a list that this page cannot read', async () => Response.json({ ...NEWER, format: 3 })],
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
    await keep();
    answer(async () => Response.json(NEWER));
    expect(nameOf(await fetchAgain())).toBe('Newer pair');
  });

  it.each(SILENCES)('is the kept one where the network %s', async (_, respond) => {
    await keep();
    answer(respond);
    expect(nameOf(await fetchAgain())).toBe('Fake pair');
  });

  it('is missing where the server says so, kept or not, and another folder’s is not used', async () => {
    await keep();
    answer(async () => new Response('', { status: 404 }));
    const missing = fetchAgain();
    await expect(missing).rejects.toBeInstanceOf(FailureError);
    await expect(missing).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchCatalogue(['https://models.test/other/manifest.json'], BROWSER_CACHE)).rejects.toMatchObject({
      failure: { code: 'network' },
    });
  });

  it.each(REFUSALS)('is refused with %i in words where none is kept', async (status, headers, message, hint) => {
    answer(async () => new Response('', { status, headers }));
    const { failure } = await fetchAgain().then(
      () => Promise.reject(new Error('a list')),
      (thrown: FailureError) => thrown,
    );
    expect(failure).toMatchObject({ code: 'server-refused', message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('is asked for again after as long as a busy server says', async () => {
    const answers = [new Response('', { status: 429, headers: { 'retry-after': '0' } }), Response.json(NEWER)];
    answer(async () => answers.shift() ?? Promise.reject(new Error('asked too often')));
    expect(nameOf(await fetchAgain())).toBe('Newer pair');
  });

  it('that was kept and cannot be read is as none', async () => {
    await (await caches.open('foretoken/lists')).put(URL_OF_LIST, new Response('{"format": 9}'));
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(fetchAgain()).rejects.toMatchObject({ failure: { code: 'network' } });
  });

  it('that the page kept before its lists had a second format serves still', async () => {
    const models = Object.fromEntries(
      Object.entries(MANIFEST.models).map(([id, entry]) => [id, { ...entry, library: entry.libraries[0] }]),
    );
    await (await caches.open('foretoken/lists')).put(URL_OF_LIST, new Response(JSON.stringify({ ...MANIFEST, models })));
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    expect(nameOf(await fetchAgain())).toBe('Fake pair');
  });

  it('beside the first may be out of reach, where nothing of it is kept; and what is kept of it serves', async () => {
    const second = 'https://models.test/lecture/models-other/manifest.json';
    const fetchBoth = async () => (await fetchCatalogue([URL_OF_LIST, second], BROWSER_CACHE)).targets.map(({ name }) => name);
    await keep();
    answer(async () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await fetchBoth()).toEqual(['Fake pair']);
    await keepResolved(resolveList(parseList(FURTHER_MANIFEST), second, new Set()), BROWSER_CACHE);
    expect(await fetchBoth()).toEqual(['Fake pair', 'General']);
  });

  it('beside the first offers what it did before where it cannot be had any more, and nothing once it is gone', async () => {
    const second = 'https://models.test/lecture/models-other/manifest.json';
    let further: (signal: AbortSignal) => Promise<Response> = async () => Response.json(FURTHER_MANIFEST);
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) =>
      String(url) === second ? further(init?.signal as AbortSignal) : Response.json(NEWER),
    );
    const before = await fetchCatalogue([URL_OF_LIST, second], BROWSER_CACHE);
    const names = async (known: Catalogue | null) =>
      (await fetchCatalogue([URL_OF_LIST, second], BROWSER_CACHE, null, known)).targets.map(({ name }) => name);
    for (const silence of [
      () => Promise.reject(new TypeError('Failed to fetch')),
      never,
      () => Promise.resolve(new Response('', { status: 500 })),
    ]) {
      further = silence;
      expect(await names(before)).toEqual(['Newer pair', 'General']);
      expect(await names(null)).toEqual(['Newer pair']);
    }
    further = async () => new Response('', { status: 404 });
    expect(await names(before)).toEqual(['Newer pair']);
  });

  it('beside the first may be missing, and may not be wrong', async () => {
    const second = 'https://models.test/lecture/models-other/manifest.json';
    const fetchBoth = () => fetchCatalogue([URL_OF_LIST, second], BROWSER_CACHE);
    const serve = (other: () => Response) =>
      vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => (url === second ? other() : Response.json(MANIFEST)));
    serve(() => new Response('', { status: 404 }));
    expect((await fetchBoth()).targets.map(({ name }) => name)).toEqual(['Fake pair']);
    serve(() => Response.json({ format: 2 }));
    await expect(fetchBoth()).rejects.toMatchObject({ failure: { code: 'manifest-invalid' } });
  });
});

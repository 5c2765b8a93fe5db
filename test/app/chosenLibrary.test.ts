import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ModelList, parseList } from '../../src/catalog/list';
import { fetchCatalogue, isKept, keepResolved } from '../../src/catalog/lists';
import { type Catalogue, type ResolvedList, resolveList } from '../../src/catalog/resolve';
import { deleteStored } from '../../src/catalog/storedModels';
import { featuresHere } from '../../src/gpu/adapter';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { MANIFEST } from './support/manifest';

const FOLDER = 'https://models.test/lecture/models/';
const BETTER = 'better.wasm';
const BASE = 'base.wasm';
const OTHER = 'other.wasm';
/** A feature of this browser's adapter, which a better library needs. */
let feature: string;
let list: ModelList;

const sha256 = (letter: string) => letter.repeat(64);
const file = (path: string) => ({ path, bytes: 1, sha256: sha256(path.charAt(0) === 'o' ? '0' : path.charAt(0)) });
const urlOf = (path: string) => new URL(path, FOLDER).href;

async function store(path: string, scope = 'webllm/wasm', hash = file(path).sha256): Promise<void> {
  await (await caches.open(scope)).put(urlOf(path), new Response('x', { headers: { 'x-foretoken-sha256': hash } }));
}

const storedFiles = async () => (await (await caches.open('webllm/wasm')).keys()).map(({ url }) => url);
const fetchAgain = () => fetchCatalogue([urlOf('manifest.json')], BROWSER_CACHE);
const resolved = (...features: string[]) => resolveList(list, urlOf('manifest.json'), new Set(features));
const chosen = ({ targets }: Catalogue) => targets[0]?.model.library.name;
const onlyList = ({ lists }: Catalogue) => lists[0] as ResolvedList;
const serve = (respond: () => Promise<Response>) => vi.spyOn(globalThis, 'fetch').mockImplementation(respond);
const fetchOffline = () => {
  serve(async () => Promise.reject(new TypeError('Failed to fetch')));
  return fetchAgain();
};

beforeEach(async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  [feature = ''] = await featuresHere();
  const libraries = [
    { needs: [feature, 'telepathy'], ...file(OTHER) },
    { needs: [feature], ...file(BETTER) },
    { needs: [], ...file(BASE) },
  ];
  const models = Object.entries(MANIFEST.models).map(([id, entry]) => [id, { ...entry, libraries }] as const);
  list = parseList({ ...MANIFEST, models: Object.fromEntries(models) });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the library of a model', () => {
  it('is the best that the adapter can run where the server answers, whatever is stored', async () => {
    expect(feature).not.toBe('');
    await store(BASE);
    serve(async () => Response.json(list));
    expect(chosen(await fetchAgain())).toBe(BETTER);
  });

  it('needs nothing where there is no adapter', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    serve(async () => Response.json(list));
    expect(chosen(await fetchAgain())).toBe(BASE);
  });

  const STORED: [what: string, files: [path: string, scope?: string, hash?: string][], expected: string][] = [
    ['both', [[BASE], [BETTER]], BETTER],
    ['the better one alone', [[BETTER]], BETTER],
    ['only one that the adapter cannot run', [[OTHER]], BASE],
    ['the base alone, since the adapter could do less before', [[BASE]], BASE],
    ['the better one in another version', [[BASE], [BETTER, 'webllm/wasm', sha256('e')]], BASE],
    ['the better one aside', [[BASE], [BETTER, 'foretoken/former files']], BETTER],
    ['none', [], BASE],
  ];
  it.each(STORED)('is one that is stored where nothing answers: %s', async (_, files, expected) => {
    await keepResolved(resolved(feature), BROWSER_CACHE);
    for (const each of files) await store(...each);
    expect(chosen(await fetchOffline())).toBe(expected);
  });

  it('is chosen again from the kept list if the adapter can do less than when it was kept', async () => {
    const before = resolved(feature);
    await keepResolved(before, BROWSER_CACHE);
    for (const path of [BASE, BETTER]) await store(path);
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    const now = await fetchOffline();
    expect(chosen(now)).toBe(BASE);
    // Not said to be there with these libraries until it was found so.
    expect([await isKept(before, BROWSER_CACHE), await isKept(onlyList(now), BROWSER_CACHE)]).toEqual([true, false]);
  });

  it('goes with its model, also one that is not chosen any more, unless another stored model lists it', async () => {
    for (const path of [BASE, BETTER]) await store(path);
    const { target, draft } = resolved(feature).models;
    if (!target || !draft) throw new Error('the list lacks a model');
    await deleteStored(target, [draft], BROWSER_CACHE);
    expect(await storedFiles()).toEqual([BASE, BETTER].map(urlOf));
    await deleteStored(target, [], BROWSER_CACHE);
    expect(await storedFiles()).toEqual([]);
  });
});

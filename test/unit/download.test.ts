import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { download, type RemoteFile } from '../../src/storage/download';
import { FORMER_FILES, keepList } from '../../src/storage/keptList';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';

const SHELF = 'webllm/model';
const place = (name: string) => `https://page.test/models/${name}`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const fileOf = (name: string, text: string, change: Partial<RemoteFile> = {}): RemoteFile => ({
  ...{ url: place(name), place: place(name), name, bytes: text.length, sha256: sha256(text), ...change },
});

/** A server with `files`, by their URLs. @returns what was asked for */
function serve(files: Readonly<Record<string, string>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const text = files[url];
    return text === undefined ? new Response('', { status: 404 }) : new Response(text);
  });
  return asked;
}

/** `storage`, which tells how often a file's content was read. */
function counted(storage: FileStorage): FileStorage & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    async open(name) {
      const shelf = await storage.open(name);
      return {
        ...shelf,
        get: (url) => {
          reads.push(url);
          return shelf.get(url);
        },
      };
    },
  };
}

const put = async (storage: FileStorage, name: string, text: string, checked: string | null, bytes = text.length) =>
  (await storage.open(SHELF)).put(place(name), new Blob([text]).stream(), { bytes, type: '', sha256: checked });
const textOf = async (storage: FileStorage, name: string, shelf = SHELF) => (await (await storage.open(shelf)).get(place(name)))?.text();
const fetchAll = (storage: FileStorage, files: readonly RemoteFile[]) =>
  download(storage, SHELF, files, () => undefined, new AbortController().signal);
const failureOf = (work: Promise<void>) =>
  work.then(
    () => null,
    (thrown) => thrown.failure,
  );

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a file that is stored', () => {
  it('is hashed when it is stored, and neither read nor fetched by any later load', async () => {
    const storage = counted(memoryStorage());
    const asked = serve({ [place('a')]: 'weights' });
    const files = [fileOf('a', 'weights')];
    await fetchAll(storage, files);
    expect(asked).toEqual([place('a')]);
    storage.reads.length = 0;
    await fetchAll(storage, files);
    await fetchAll(storage, files);
    expect([asked.length, storage.reads]).toEqual([1, []]);
  });

  it('is hashed once where another program stored it, and marked', async () => {
    const storage = counted(memoryStorage());
    const asked = serve({});
    await put(storage, 'a', 'weights', null);
    await fetchAll(storage, [fileOf('a', 'weights')]);
    expect(storage.reads).toEqual([place('a')]);
    await fetchAll(storage, [fileOf('a', 'weights')]);
    expect([storage.reads.length, asked]).toEqual([1, []]);
  });

  const DAMAGED: [what: string, text: string, checked: string | null, bytes?: number][] = [
    ['cut short since it was stored', 'weig', sha256('weights'), 7],
    ['of another length', 'weights and more', sha256('weights')],
    ['of another version', 'WEIGHTS', sha256('WEIGHTS')],
    ['that nobody checked, with a wrong byte', 'weightz', null],
  ];
  it.each(DAMAGED)('is fetched again: %s', async (_, text, checked, bytes) => {
    const storage = memoryStorage();
    const asked = serve({ [place('a')]: 'weights' });
    await put(storage, 'a', text, checked, bytes);
    await fetchAll(storage, [fileOf('a', 'weights')]);
    expect([await textOf(storage, 'a'), asked]).toEqual(['weights', [place('a')]]);
  });

  it('stays aside when a newer one comes, and is taken back where it is asked for again, until a list is kept', async () => {
    const storage = memoryStorage();
    const asked = serve({ [place('a')]: 'newer' });
    await put(storage, 'a', 'older', sha256('older'));
    await fetchAll(storage, [fileOf('a', 'newer')]);
    expect([await textOf(storage, 'a'), await textOf(storage, 'a', FORMER_FILES)]).toEqual(['newer', 'older']);
    await fetchAll(storage, [fileOf('a', 'older')]);
    expect([await textOf(storage, 'a'), asked.length]).toEqual(['older', 1]);
    await fetchAll(storage, [fileOf('a', 'newer')]);
    await keepList(storage, place('manifest.json'), '{}');
    expect(await textOf(storage, 'a', FORMER_FILES)).toBeUndefined();
  });

  it.each([
    ['for one of both', 1, null],
    ['for none', 2, { code: 'storage' }],
  ])('that was set aside is taken back where there is room %s', async (_, refusals, failure) => {
    const storage = memoryStorage();
    serve({ [place('a')]: 'newer' });
    await put(storage, 'a', 'older', sha256('older'));
    await fetchAll(storage, [fileOf('a', 'newer')]);
    let left = refusals;
    const full: FileStorage = {
      async open(name) {
        const shelf = await storage.open(name);
        return {
          ...shelf,
          put: async (...kept) => {
            if (name === SHELF && left-- > 0) throw new DOMException('full', 'QuotaExceededError');
            await shelf.put(...kept);
          },
        };
      },
    };
    const failed = await failureOf(fetchAll(full, [fileOf('a', 'older')]));
    if (failure) expect(failed).toMatchObject(failure);
    else expect([failed, await textOf(storage, 'a')]).toEqual([null, 'older']);
    // Wherever it is, it is not lost.
    expect([await textOf(storage, 'a'), await textOf(storage, 'a', FORMER_FILES)]).toContain('older');
  });
});

describe('a file that is checked by its length, or not at all', () => {
  it('is taken as it comes, from wherever it stands, and kept', async () => {
    const elsewhere = 'https://hub.test/far/weights.bin';
    const asked = serve({ [elsewhere]: 'weights' });
    for (const change of [{ sha256: null }, { sha256: null, bytes: null }, { bytes: null }]) {
      const storage = memoryStorage();
      const file = fileOf('a', 'weights', { url: elsewhere, ...change });
      await fetchAll(storage, [file]);
      await fetchAll(storage, [file]);
      expect(await textOf(storage, 'a')).toBe('weights');
    }
    expect(asked).toEqual([elsewhere, elsewhere, elsewhere]);
  });
});

describe('a file that does not come right', () => {
  it('is refused, nothing of it is kept, and what came before it stays', async () => {
    const wrong: [served: string, code: string, message: RegExp][] = [
      ['weightz', 'file-damaged', /its SHA-256 is not the one in the manifest/],
      ['weig', 'file-damaged', /it ends after 4 of 7 bytes/],
      ['weights and more', 'file-damaged', /it is longer than its 7 bytes/],
    ];
    for (const [served, code, message] of wrong) {
      const storage = memoryStorage();
      serve({ [place('first')]: 'one', [place('a')]: served });
      const failure = await failureOf(fetchAll(storage, [fileOf('first', 'one'), fileOf('a', 'weights')]));
      expect(failure).toMatchObject({ code, message: expect.stringMatching(message) });
      expect([await textOf(storage, 'first'), await textOf(storage, 'a')]).toEqual(['one', undefined]);
    }
  });

  it('says so where it is missing, and where the storage has no room', async () => {
    serve({});
    expect(await failureOf(fetchAll(memoryStorage(), [fileOf('a', 'weights')]))).toMatchObject({ code: 'file-missing' });
    serve({ [place('a')]: 'weights' });
    const full = memoryStorage();
    const shelf = await full.open(SHELF);
    const noRoom: FileStorage = {
      open: async () => ({ ...shelf, put: () => Promise.reject(new DOMException('no room', 'QuotaExceededError')) }),
    };
    expect(await failureOf(fetchAll(noRoom, [fileOf('a', 'weights')]))).toMatchObject({ code: 'storage' });
  });
});

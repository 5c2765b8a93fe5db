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

/** A server with `files` that answers a request once it is let. @returns what was asked for, which of it was given up before it was answered, and what answers */
function serveSlowly(files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const givenUp: string[] = [];
  const answers = new Map<string, () => void>();
  vi.stubGlobal('fetch', (url: string, { signal }: { signal: AbortSignal }) => {
    asked.push(url);
    return new Promise((resolve, reject) => {
      const stop = () => {
        givenUp.push(url);
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop);
      answers.set(url, () => {
        signal.removeEventListener('abort', stop);
        resolve(url in files ? new Response(files[url]) : new Response('', { status: 404 }));
      });
    });
  });
  return { asked, givenUp, answer: (name: string) => answers.get(place(name))?.() };
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
const onShelf = (files: readonly RemoteFile[]) => files.map((file) => ({ shelf: SHELF, file }));
const fetchAll = (storage: FileStorage, files: readonly RemoteFile[]) =>
  download(storage, onShelf(files), () => undefined, new AbortController().signal);
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

describe('several files', () => {
  const LARGE = 'w'.repeat((1 << 20) + 1);
  const CONTENT = { first: LARGE, small: 'config', second: LARGE, other: 'tokenizer' };
  const FILES = Object.entries(CONTENT).map(([name, text]) => fileOf(name, text));
  const SERVED = Object.fromEntries(Object.entries(CONTENT).map(([name, text]) => [place(name), text]));
  const sorted = (names: readonly string[]) => names.map(place).sort();

  it('come at the same time where they are small, and one after the other where they are large; what has come is counted over all', async () => {
    const storage = memoryStorage();
    const { asked, answer } = serveSlowly(SERVED);
    const told: number[] = [];
    const all = download(storage, onShelf(FILES), ({ loadedBytes }) => told.push(loadedBytes), new AbortController().signal);
    await vi.waitFor(() => expect(asked.toSorted()).toEqual(sorted(['first', 'other', 'small'])));
    for (const name of ['other', 'small', 'first']) answer(name);
    await vi.waitFor(() => expect(asked.toSorted()).toEqual(sorted(['first', 'other', 'second', 'small'])));
    answer('second');
    await all;
    for (const [name, text] of Object.entries(CONTENT)) expect(await textOf(storage, name)).toBe(text);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(Object.values(CONTENT).join('').length);
  });

  it('are given up where one of them is missing, and what is whole by then stays', async () => {
    const storage = memoryStorage();
    const { asked, givenUp, answer } = serveSlowly({ [place('small')]: CONTENT.small });
    const failure = failureOf(fetchAll(storage, FILES));
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    answer('small');
    await vi.waitFor(async () => expect(await textOf(storage, 'small')).toBe(CONTENT.small));
    answer('other');
    expect(await failure).toMatchObject({ code: 'file-missing', message: expect.stringContaining('other') });
    expect([givenUp, asked.length, await textOf(storage, 'first')]).toEqual([[place('first')], 3, undefined]);
  });

  it('are given up where the download is stopped', async () => {
    const { asked, givenUp } = serveSlowly(SERVED);
    const stop = new AbortController();
    const stopped = download(memoryStorage(), onShelf(FILES), () => undefined, stop.signal);
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    expect([givenUp.toSorted(), asked.length]).toEqual([sorted(['first', 'other', 'small']), 3]);
  });
});

describe('a file that does not come right', () => {
  it('is refused, nothing of it is kept, and what was there stays', async () => {
    const wrong: [served: string, code: string, message: RegExp][] = [
      ['weightz', 'file-damaged', /its SHA-256 is not the one in the manifest/],
      ['weig', 'file-damaged', /it ends after 4 of 7 bytes/],
      ['weights and more', 'file-damaged', /it is longer than its 7 bytes/],
    ];
    for (const [served, code, message] of wrong) {
      const storage = memoryStorage();
      serve({ [place('first')]: 'one', [place('a')]: served });
      await fetchAll(storage, [fileOf('first', 'one')]);
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

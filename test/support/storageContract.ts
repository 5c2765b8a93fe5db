import { beforeEach, describe, expect, it } from 'vitest';
import type { FileStorage, Shelf, StoredFile } from '../../src/storage/port';

const URL_OF = (name: string) => `https://models.test/folder/${name}`;
const SHA = 'a'.repeat(64);

const bytesOf = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const streamOf = (...pieces: string[]) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(bytesOf(piece));
      controller.close();
    },
  });
/** A stream that breaks off after its first piece, when it is asked for the second. */
const brokenStream = (error: Error) => {
  let pulled = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (pulled++ > 0) throw error;
      controller.enqueue(bytesOf('half'));
    },
  });
};
const about = (bytes: number, sha256: string | null = SHA): StoredFile => ({ bytes, type: 'application/wasm', sha256 });

/**
 * What every storage does.
 *
 * @param open an empty one
 * @param reopen the same, as a later program finds it
 */
export function testStorage(name: string, open: () => Promise<FileStorage>, reopen: (storage: FileStorage) => FileStorage): void {
  describe(`${name} as a storage`, () => {
    let storage: FileStorage;
    let shelf: Shelf;
    beforeEach(async () => {
      storage = await open();
      shelf = await storage.open('models/one');
    });
    const textAt = async (file: string, on = shelf) => (await on.get(URL_OF(file)))?.text();

    it('gives back what was put, with what is known of it', async () => {
      await shelf.put(URL_OF('a'), streamOf('first ', 'second'), about(12));
      expect(await textAt('a')).toBe('first second');
      expect((await shelf.get(URL_OF('a')))?.type).toBe('application/wasm');
      expect(await shelf.about(URL_OF('a'))).toEqual(about(12));
      await shelf.put(URL_OF('unchecked'), streamOf(''), about(0, null));
      expect(await shelf.about(URL_OF('unchecked'))).toEqual(about(0, null));
    });

    it('has nothing where nothing was put', async () => {
      expect([await shelf.get(URL_OF('a')), await shelf.about(URL_OF('a')), await shelf.list()]).toEqual([null, null, []]);
    });

    it('lists and deletes by URL, and puts in place of what was there', async () => {
      await shelf.put(URL_OF('a'), streamOf('old'), about(3));
      await shelf.put(URL_OF('b'), streamOf('other'), about(5));
      await shelf.put(URL_OF('a'), streamOf('newer'), about(5, null));
      expect((await shelf.list()).toSorted()).toEqual([URL_OF('a'), URL_OF('b')]);
      expect([await textAt('a'), await shelf.about(URL_OF('a'))]).toEqual(['newer', about(5, null)]);
      await shelf.delete(URL_OF('a'));
      await shelf.delete(URL_OF('never put'));
      expect([await textAt('a'), await textAt('b')]).toEqual([undefined, 'other']);
    });

    it('keeps what was there, and says why, where what is put breaks off', async () => {
      await shelf.put(URL_OF('a'), streamOf('whole'), about(5));
      await expect(shelf.put(URL_OF('a'), brokenStream(new RangeError('cut')), about(8))).rejects.toThrow('cut');
      await expect(shelf.put(URL_OF('b'), brokenStream(new RangeError('cut')), about(8))).rejects.toThrow('cut');
      expect([await textAt('a'), await textAt('b'), await shelf.about(URL_OF('b'))]).toEqual(['whole', undefined, null]);
    });

    it('knows nothing of a file of another length than was promised', async () => {
      await shelf.put(URL_OF('a'), streamOf('short'), about(6));
      expect(await shelf.about(URL_OF('a'))).toBeNull();
    });

    it('keeps shelves apart, and all of it for later', async () => {
      const other = await storage.open('models/two');
      await shelf.put(URL_OF('a'), streamOf('one'), about(3));
      await other.put(URL_OF('a'), streamOf('two'), about(3));
      const later = reopen(storage);
      expect(await textAt('a', await later.open('models/one'))).toBe('one');
      expect(await textAt('a', await later.open('models/two'))).toBe('two');
    });
  });
}

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderStorage } from '../../src/storage/folder';
import { memoryStorage, orMemory } from '../../src/storage/memory';
import { beginHash } from '../../src/storage/sha256';
import { testStorage } from '../support/storageContract';

let root: string;
let made = 0;
beforeAll(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'storage-'));
});
afterAll(() => fs.rmSync(root, { recursive: true }));

testStorage(
  'memory',
  async () => memoryStorage(),
  (storage) => storage,
);

const folders = new Map<unknown, string>();
testStorage(
  'a folder',
  async () => {
    const folder = path.join(root, String(++made));
    const storage = folderStorage(folder);
    folders.set(storage, folder);
    return storage;
  },
  (storage) => folderStorage(folders.get(storage) ?? ''),
);

it('a folder that cannot be written to is refused in words', async () => {
  const file = path.join(root, 'file');
  fs.writeFileSync(file, '');
  await expect(folderStorage(file).open('models')).rejects.toMatchObject({ failure: { code: 'storage' } });
});

it('memory takes the place of a storage that keeps nothing', async () => {
  const storage = orMemory({ open: () => Promise.reject(new Error('private browsing')) });
  await (await storage.open('a')).put('https://models.test/a', new Blob(['x']).stream(), { bytes: 1, type: '', sha256: null });
  expect(await (await (await storage.open('a')).get('https://models.test/a'))?.text()).toBe('x');
});

it('a hash of pieces is that of the whole, however long it will be', async () => {
  // SHA-256 of "abc" (FIPS 180-4, example).
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  for (const bytes of [3, null, 1 << 30]) {
    const hash = await beginHash(bytes);
    for (const letter of 'abc') hash.update(new TextEncoder().encode(letter) as Uint8Array<ArrayBuffer>);
    expect(await hash.end()).toBe(expected);
  }
});

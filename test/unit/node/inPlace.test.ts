import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inPlaceStorage } from '../../../src/node/inPlace';
import { localFiles, PAGE } from '../../../src/node/localFiles';
import { isStored } from '../../../src/storage/download';
import { memoryStorage } from '../../../src/storage/memory';
import type { FileStorage } from '../../../src/storage/port';
import { hashOf } from '../../../src/storage/sha256';
import { testStorage } from '../../support/storageContract';

let folder: string;
let made = 0;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'in-place-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

testStorage(
  'what is kept beside files of this machine',
  async () => inPlaceStorage(memoryStorage(), localFiles(folder)),
  (storage) => storage,
);

/** A new file of the page, and a storage that has never seen it. */
async function setUp(text: string) {
  const name = `file-${++made}.bin`;
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  const kept = memoryStorage();
  const remote = { url: `${PAGE}${name}`, place: `${PAGE}${name}`, name, bytes: text.length, sha256: await hashOf(new Blob([text])) };
  return { file, kept, remote, shelf: await inPlaceStorage(kept, localFiles(folder)).open('webllm/model') };
}
const keptText = async (kept: FileStorage, url: string) => (await (await kept.open('webllm/model')).get(url))?.text();

describe('a file of this machine', () => {
  it('is there without being put, by its own address and the page’s', async () => {
    const { file, shelf, remote, kept } = await setUp('weights');
    for (const url of [pathToFileURL(file).href, remote.place]) {
      expect(await (await shelf.get(url))?.text()).toBe('weights');
      expect(await shelf.about(url)).toEqual({ bytes: 7, type: '', sha256: null });
      expect(await keptText(kept, url)).toBeUndefined();
    }
  });

  it('is checked once, and again when it has changed', async () => {
    const { file, shelf, remote } = await setUp('weights');
    expect(await isStored(shelf, remote)).toBe(true);
    expect(await shelf.about(remote.place)).toEqual({ bytes: 7, type: '', sha256: remote.sha256 });
    fs.writeFileSync(file, 'changed');
    fs.utimesSync(file, 1, 1);
    expect(await shelf.about(remote.place)).toEqual({ bytes: 7, type: '', sha256: null });
    expect(await isStored(shelf, remote)).toBe(false);
  });

  it('is neither written nor deleted', async () => {
    const { file, shelf, remote } = await setUp('weights');
    await shelf.put(remote.place, new Blob(['another']).stream(), { bytes: 7, type: '', sha256: 'a'.repeat(64) });
    await shelf.delete(remote.place);
    expect(fs.readFileSync(file, 'utf8')).toBe('weights');
  });

  it('is not marked as checked where its content breaks off', async () => {
    const { shelf, remote } = await setUp('weights');
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull() {
        throw new Error('damaged');
      },
    });
    await expect(shelf.put(remote.place, broken, { bytes: 7, type: '', sha256: remote.sha256 })).rejects.toThrow('damaged');
    expect((await shelf.about(remote.place))?.sha256).toBeNull();
  });
});

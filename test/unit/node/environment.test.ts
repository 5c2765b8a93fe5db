import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchWithFiles, localFiles, PAGE } from '../../../src/node/localFiles';
import { storedCaches } from '../../../src/node/storedCaches';
import { memoryStorage } from '../../../src/storage/memory';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'environment-'));
  fs.writeFileSync(path.join(folder, 'a b.txt'), 'text');
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('fetch', () => {
  const fetching = () => fetchWithFiles(async () => new Response('from the network'), localFiles(folder));

  it('reads files of this machine, by their own address and the page’s', async () => {
    for (const url of [pathToFileURL(path.join(folder, 'a b.txt')).href, `${PAGE}a%20b.txt`]) {
      const response = await fetching()(url, { cache: 'no-cache' });
      expect([response.status, await response.text()]).toEqual([200, 'text']);
    }
    expect(await (await fetching()(new Request('http://localhost/'))).text()).toBe('from the network');
  });

  it('reads nothing outside the page’s folder by the page’s address', () => {
    const files = localFiles(path.join(folder, 'page'));
    expect(files(`${PAGE}models/a.bin`)).toBe(path.join(folder, 'page/models/a.bin'));
    for (const way of ['../a b.txt', '%2e%2e/a b.txt', '..%2fa b.txt', 'models/..%2f..%2fa b.txt']) {
      const found = files(`${PAGE}${way}`);
      expect(found === null || found.startsWith(path.join(folder, 'page/'))).toBe(true);
    }
  });

  it('answers 404 where there is no such file', async () => {
    for (const name of ['missing.txt', '', 'a b.txt/more']) expect((await fetching()(`${PAGE}${name}`)).ok).toBe(false);
    expect((await fetching()(`${PAGE}missing.txt`)).status).toBe(404);
  });

  it('gives up where it was aborted', async () => {
    await expect(fetching()(`${PAGE}a%20b.txt`, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

describe('caches', () => {
  it('hold what is on the shelf of their name, and fetch nothing', async () => {
    const storage = memoryStorage();
    const url = `${PAGE}models/a.bin`;
    await (await storage.open('webllm/model')).put(url, new Blob(['weights']).stream(), { bytes: 7, type: '', sha256: null });
    const cache = await storedCaches(storage).open('webllm/model');
    expect(await (await cache.match(new Request(url)))?.text()).toBe('weights');
    expect((await cache.keys()).map((request) => request.url)).toEqual([url]);
    expect(await cache.match(`${PAGE}other`)).toBeUndefined();
    await expect(cache.add(new Request(`${PAGE}other`))).rejects.toThrow('is not stored');
    expect([await cache.delete(url), await cache.delete(url)]).toEqual([true, false]);
  });
});

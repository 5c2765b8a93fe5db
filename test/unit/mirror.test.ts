import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchCatalogue } from '../../src/catalog/lists';
import { mirrored, recordsNamed } from '../../src/catalog/mirror';
import { type PrebuiltRecord, prebuiltRecords } from '../../src/catalog/prebuilt';
import { readRecord } from '../../src/catalog/records';
import { shelvedFiles } from '../../src/catalog/storedModels';
import { fetchWithFiles, localFiles } from '../../src/node/localFiles';
import { mirror } from '../../src/node/mirror';
import { readModelName } from '../../src/node/modelNames';
import { memoryStorage } from '../../src/storage/memory';
import { Transfer } from '../../src/storage/transfer';
import { pathBelow, treeStorage } from '../../src/storage/tree';
import { FaultyServer } from '../e2e/support/server';
import { Hub } from '../support/hub';
import { putModel } from '../support/mlc/onHub';

/** Of web-llm's list: the hub of this test has small models under their addresses. */
const [TARGET, DRAFT] = ['Qwen3-1.7B-q4f16_1-MLC', 'Qwen3-0.6B-q4f16_1-MLC'];

let hub: Hub;
let records: readonly PrebuiltRecord[];
let out: string;
beforeAll(async () => {
  hub = await Hub.start();
  records = await prebuiltRecords();
  for (const id of [TARGET, DRAFT]) {
    putModel(hub, id);
    hub.put(new URL(recordsNamed([id], records)[0]?.model_lib ?? '').pathname.slice(1), 'a library');
  }
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.repair();
  out = fs.mkdtempSync(path.join(os.tmpdir(), 'mirror-'));
  return () => fs.rmSync(out, { recursive: true });
});

const layOut = (names: readonly string[]) => mirror(names, hub.url, out, () => undefined, new AbortController().signal);

describe('a mirror', () => {
  it('has the files under the paths that hubs have, and a list that the page reads', async () => {
    const list = await layOut([TARGET, 'Qwen3-0.6B']);
    fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(list));
    expect(Object.keys(list.models)).toEqual([TARGET, DRAFT]);
    const server = await FaultyServer.start(out);
    const storage = memoryStorage();
    const { targets, models } = await fetchCatalogue([`${server.url}manifest.json`], storage);
    expect(targets.map(({ model }) => model.id)).toEqual([TARGET, DRAFT]);
    const all = new Transfer(storage, shelvedFiles(models), () => undefined);
    expect(await all.resume()).toBe('done');
    expect(models[0]).toMatchObject({ context: 4096, missing: [], folder: `${server.url}mlc-ai/${TARGET}` });
    await server.close();
  });

  it('can be named as a folder to the command, without a server', async () => {
    fs.writeFileSync(path.join(out, 'manifest.json'), JSON.stringify(await layOut([TARGET, DRAFT])));
    const name = readModelName(out);
    vi.stubGlobal('fetch', fetchWithFiles(fetch, localFiles(out)));
    const { targets } = await fetchCatalogue([name.kind === 'list' ? name.url : ''], memoryStorage());
    const all = new Transfer(memoryStorage(), shelvedFiles(targets.map(({ model }) => model)), () => undefined);
    expect([targets.length, await all.resume()]).toEqual([2, 'done']);
    vi.unstubAllGlobals();
  });

  it('serves in place of the hubs, for records as they are and for another mirror', async () => {
    await layOut([DRAFT]);
    const server = await FaultyServer.start(out);
    const [record] = recordsNamed([DRAFT], records);
    const read = await readRecord(mirrored(record as PrebuiltRecord, server.url), memoryStorage());
    expect(await new Transfer(memoryStorage(), shelvedFiles([read]), () => undefined).resume()).toBe('done');
    expect(server.requests.at(-1)).toContain(`mlc-ai/${DRAFT}/resolve/main/`);
    await server.close();
  });

  it('goes on where it was stopped, and says what failed', async () => {
    const shard = `mlc-ai/${DRAFT}/resolve/main/params_shard_2.bin`;
    hub.break(shard, 'missing');
    await expect(layOut([DRAFT])).rejects.toMatchObject({ failure: { code: 'file-missing' } });
    expect(fs.existsSync(path.join(out, 'manifest.json'))).toBe(false);
    hub.repair();
    await layOut([DRAFT]);
    expect(hub.requests).toEqual([shard]);
  });

  it('is laid out by one command', async () => {
    const script = path.resolve(import.meta.dirname, '../../scripts/mirror.mjs');
    const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]);
    const { stdout } = await run('Qwen3-0.6B', '--from', hub.url, '--out', out);
    expect(stdout).toContain(DRAFT);
    expect(JSON.parse(fs.readFileSync(path.join(out, 'manifest.json'), 'utf8'))).toMatchObject({
      format: 2,
      models: { [DRAFT]: { context: 4096 } },
    });
    await expect(run('Qwen3-0.6B')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('--out FOLDER') });
  });

  it('is asked for by a name that web-llm’s list has, and its addresses are addresses', async () => {
    expect(() => recordsNamed(['Qwen3-99B'], records)).toThrow(/no model "Qwen3-99B"/);
    await expect(mirror([DRAFT], 'hub', out, () => undefined, new AbortController().signal)).rejects.toMatchObject({
      failure: { code: 'command-invalid' },
    });
    expect(() => pathBelow(['https://hub.test/'], 'https://other.test/a')).toThrow(/does not lie below/);
    expect(() => pathBelow(['https://hub.test/'], 'https://hub.test/a/%2e%2e/b/..%2f..%2fc')).toThrow(/does not lie below/);
    expect(pathBelow(['https://hub.test/'], 'https://hub.test/a/b%23c.bin?download=true#d')).toBe('a/b#c.bin');
    const shelf = await treeStorage(out, ['https://hub.test/']).open('any');
    await shelf.put('https://hub.test/a/b%23c.bin', new Blob(['x']).stream(), { bytes: 1, type: '', sha256: null });
    expect(fs.existsSync(path.join(out, 'a', 'b#c.bin'))).toBe(true);
    expect(await shelf.list()).toContain('https://hub.test/a/b%23c.bin');
    await expect(
      treeStorage(out, ['https://hub.test/'])
        .open('any')
        .then((shelf) => shelf.get('https://other.test/a')),
    ).rejects.toThrow();
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readFingerprint, readRecord } from '../../src/catalog/records';
import type { ModelSpec } from '../../src/catalog/spec';
import { shelvedFiles } from '../../src/catalog/storedModels';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
import { Transfer, type TransferUpdate } from '../../src/storage/transfer';
import { Hub, type HubFault } from '../support/hub';
import { putModel, SMALL_LIBRARY } from '../support/mlc/onHub';

const NAME = 'Small-q4f32_1-MLC';
const SHARDS = `mlc-ai/${NAME}/resolve/main/`;
const SHARD = `${SHARDS}params_shard_2.bin`;

let hub: Hub;
let storage: FileStorage;
let model: ModelSpec;
beforeAll(async () => {
  hub = await Hub.start();
});
afterAll(() => hub.close());
beforeEach(async () => {
  hub.repair();
  storage = memoryStorage();
  model = await readRecord(putModel(hub, NAME).record, storage);
  hub.requests.length = 0;
});

function transfer(over: FileStorage = storage): { readonly transfer: Transfer; readonly updates: TransferUpdate[] } {
  const updates: TransferUpdate[] = [];
  return { transfer: new Transfer(over, shelvedFiles([model]), (update) => updates.push(update)), updates };
}

const shardsAsked = () => hub.requests.filter((name) => name.endsWith('.bin'));
const shardsHere = async () => (await (await storage.open('webllm/model')).list()).filter((url) => url.endsWith('.bin')).length;
const shards = () => model.files.filter(({ name }) => name.endsWith('.bin')).length;

/** Waits until `holds`, with every report. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a download from a hub', () => {
  it('brings every file, from wherever the hub sends it, and tells how far it is', async () => {
    const { transfer: all, updates } = transfer();
    expect(await all.resume()).toBe('done');
    expect(await shardsHere()).toBe(shards());
    expect(shardsAsked()).toHaveLength(shards());
    const weights = model.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    expect(all.update).toMatchObject({ state: 'done', totalBytes: weights, loadedBytes: weights, failures: [] });
    expect(all.update.fetchedBytes).toBe(weights + SMALL_LIBRARY.length);
    const loaded = updates.map(({ loadedBytes }) => loadedBytes);
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
  });

  it('pauses within a file, and goes on with that file and those behind it', async () => {
    hub.break(SHARD, 'held', 1);
    const { transfer: all } = transfer();
    const first = all.resume();
    await until(() => hub.requests.includes(SHARD) && all.update.fetchedBytes > 0);
    await all.pause();
    expect(await first).toBe('paused');
    const here = await shardsHere();
    expect([here, all.update.state]).toEqual([2, 'paused']);
    const asked = shardsAsked().length;
    expect(await all.resume()).toBe('done');
    expect(shardsAsked().slice(asked)).toHaveLength(shards() - here);
    expect(await shardsHere()).toBe(shards());
  });

  it('goes on after a reload of the page, with what is complete', async () => {
    hub.break(SHARD, 'broken', 1);
    expect(await transfer().transfer.resume()).toBe('failed');
    hub.requests.length = 0;
    const { transfer: again, updates } = transfer();
    expect(await again.resume()).toBe('done');
    // What is there counts before the first byte comes.
    const here = again.update.totalBytes - model.files.slice(3 + 2).reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    expect(updates.find(({ file }) => file !== null)?.loadedBytes).toBe(here);
    expect(shardsAsked()).toEqual(model.files.slice(3 + 2).map(({ name }) => `${SHARDS}${name}`));
  });

  const MENDED: readonly (readonly [HubFault, string, number])[] = [
    ['busy', 'asks to come back', 2],
    ['down', 'is down for a moment', 2],
    ['cut', 'ends early', 2],
    ['damaged', 'has a wrong bit', 2],
    ['long', 'is longer than the list says', 2],
    ['html', 'is a page in its place', 2],
  ];
  it.each(MENDED)('asks again for one file alone that comes wrong once (%s: it %s)', async (fault, _, times) => {
    hub.break(SHARD, fault, 1);
    expect(await transfer().transfer.resume()).toBe('done');
    expect(shardsAsked().filter((name) => name === SHARD)).toHaveLength(times);
    expect(shardsAsked()).toHaveLength(shards() + times - 1);
  });

  const TOLD: readonly (readonly [HubFault, string, string, boolean])[] = [
    ['missing', 'file-missing', 'params_shard_2.bin (the server answered 404)', true],
    ['cut', 'file-damaged', 'params_shard_2.bin; it ends after', true],
    ['long', 'file-damaged', 'params_shard_2.bin; it is longer than', true],
    ['damaged', 'file-damaged', 'params_shard_2.bin; its MD5 is not', true],
    ['html', 'file-damaged', 'params_shard_2.bin; it ends after', true],
    ['refused', 'server-refused', 'params_shard_2.bin was refused: the server answered 429', false],
    ['broken', 'server-refused', 'params_shard_2.bin was refused: the server answered 500', false],
    ['denied', 'server-refused', 'params_shard_2.bin was refused: the server answered 401', false],
    ['elsewhere', 'server-refused', 'The request for params_shard_2.bin was sent on from 127.0.0.1', false],
    ['broken-off', 'network', 'The download of params_shard_2.bin broke off', false],
  ];
  it.each(TOLD)('tells a fault that stays (%s), and a retry fetches what is missing alone', async (fault, code, message, others) => {
    hub.break(SHARD, fault);
    const { transfer: all } = transfer();
    expect(await all.resume()).toBe('failed');
    expect(all.update.failures).toEqual([{ file: 'params_shard_2.bin', failure: expect.objectContaining({ code }) }]);
    expect(all.update.failures[0]?.failure.message).toContain(message);
    // A fault of one file leaves the others alone; one of the server ends the round.
    expect(await shardsHere()).toBe(others ? shards() - 1 : 2);
    const here = await shardsHere();
    hub.repair();
    expect(await all.resume()).toBe('done');
    expect(shardsAsked()).toHaveLength(shards() - here);
    expect(all.update.failures).toEqual([]);
  });

  it('tells where there is no room, and keeps what is complete', async () => {
    let room = 3;
    const small: FileStorage = {
      async open(name) {
        const shelf = await storage.open(name);
        return {
          ...shelf,
          put: async (...args) => {
            if (room-- <= 0) throw new DOMException('full', 'QuotaExceededError');
            await shelf.put(...args);
          },
        };
      },
    };
    const { transfer: all } = transfer(small);
    expect(await all.resume()).toBe('failed');
    expect(all.update.failures).toMatchObject([{ failure: { code: 'storage' } }]);
    expect(await shardsHere()).toBeGreaterThan(0);
    room = Infinity;
    expect(await all.resume()).toBe('done');
  });
});

describe('the small files of a model', () => {
  it('tell by the tokenizer, fetched alone, whether two models make a pair', async () => {
    const fresh = memoryStorage();
    const { signal } = new AbortController();
    const { record } = putModel(hub, NAME);
    const other = putModel(hub, 'Other-q4f32_1-MLC', { model: { vocab: { a: 0, b: 1 }, merges: [] } }).record;
    expect(await readFingerprint(record, fresh, signal)).toBe(model.tokenizer);
    expect(await readFingerprint(other, fresh, signal)).not.toBe(model.tokenizer);
    expect(hub.requests).toEqual([NAME, 'Other-q4f32_1-MLC'].map((name) => `mlc-ai/${name}/resolve/main/tokenizer.json`));
    hub.requests.length = 0;
    await readRecord(record, fresh);
    expect(hub.requests.some((name) => name.endsWith('tokenizer.json'))).toBe(false);
  });

  const SMALL = ['mlc-chat-config.json', 'tensor-cache.json', 'tokenizer.json'];
  it.each(SMALL)('are not kept where one is a page (%s), so that a retry reads it', async (name) => {
    const fresh = memoryStorage();
    const { record } = putModel(hub, NAME);
    hub.break(`${SHARDS}${name}`, 'html', 1);
    await expect(readRecord(record, fresh)).rejects.toThrow(/answered with a page in place of/);
    expect(await readRecord(record, fresh)).toEqual(model);
  });
});

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { planDownload, type Surroundings } from '../../src/catalog/downloadPlan';
import { readRecord } from '../../src/catalog/records';
import type { ModelSpec } from '../../src/catalog/spec';
import { shelvedFiles } from '../../src/catalog/storedModels';
import { keepStored } from '../../src/storage/browserRoom';
import { lengthOf } from '../../src/storage/fetching';
import { memoryStorage } from '../../src/storage/memory';
import { Transfer } from '../../src/storage/transfer';
import { Hub } from '../support/hub';
import { MLC_SIDES } from '../support/mlc/model';
import { putModel } from '../support/mlc/onHub';

const UNTOLD: Surroundings = { backend: 'webgpu', bindingBytes: null, memoryBytes: null, roomBytes: null };
let hub: Hub;
const storage = memoryStorage();
let target: ModelSpec;
let draft: ModelSpec;
beforeAll(async () => {
  hub = await Hub.start();
  target = await readRecord(putModel(hub, 'Target-q4f32_1-MLC').record, storage);
  draft = await readRecord(putModel(hub, 'Draft-q4f32_1-MLC').record, storage);
});
afterAll(() => hub.close());

const plan = (pair: { target: ModelSpec; draft: ModelSpec | 'itself' | null }, around: Partial<Surroundings> = {}) =>
  planDownload(pair, storage, { ...UNTOLD, ...around });
const weightsOf = ({ files }: ModelSpec) => files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);

/** Of the model of test/support/mlc, in float32: keys and values of 64 tokens, and numbers that 64 tensors have. */
const { layers, kvHeads, headDim } = MLC_SIDES;
const CACHE = 2 * layers * kvHeads * headDim * 64 * 4;

describe('before a download', () => {
  it('the parameters of a model are counted, not the words that its weights are packed in', async () => {
    const { record, files } = putModel(hub, 'Counted-q4f32_1-MLC');
    const numbers = [...files.numbers.values()].reduce((sum, { length }) => sum + length, 0);
    expect((await readRecord(record, storage)).parameters).toBe(numbers);
  });

  it('a person is told what comes, what is here, and the graphics memory of both models and caches', async () => {
    const { models, fetchBytes, hereBytes, memoryBytes, obstacles } = await plan({ target, draft });
    expect(fetchBytes).toBe(weightsOf(target) + weightsOf(draft));
    const [of] = models;
    expect([of?.unknown, of?.architecture]).toMatchObject([
      [expect.stringContaining('Target-q4f32_1-MLC_cs1k-webgpu.wasm')],
      { type: 'llama', quantisation: 'q4f32_1', layers, kvHeads, headDim },
    ]);
    expect(hereBytes).toBeGreaterThan(1000);
    expect(of?.memory?.cache).toBe(CACHE);
    // Scales and norms are stored as the upper halves of float32, and are whole on a device.
    expect(of?.memory?.weights).toBeGreaterThan(weightsOf(target));
    expect(memoryBytes).toBe(2 * ((of?.memory?.weights ?? 0) + CACHE));
    expect(obstacles).toEqual([]);
  });

  it('a model that drafts for itself has a second cache, and n-grams have none', async () => {
    expect((await plan({ target, draft: 'itself' })).models).toMatchObject([{ id: target.id, memory: { cache: 2 * CACHE } }]);
    expect((await plan({ target, draft: null })).models).toMatchObject([{ memory: { cache: CACHE } }]);
  });

  it('a cache in half precision takes half, on a library of ours', async () => {
    const conversion = { shape: 'any', name: 'any', context: 64, prefillChunk: 256 };
    const halved = { ...target, halfCache: true as const };
    expect((await plan({ target: { ...halved, conversion }, draft: null })).models).toMatchObject([{ memory: { cache: CACHE / 2 } }]);
    expect((await plan({ target: halved, draft: null })).models).toMatchObject([
      { memory: { cache: CACHE }, architecture: { halvesCache: false } },
    ]);
  });

  it('a head and its target keep a hidden state of each token beside their caches', async () => {
    const { models } = await plan({ target, draft: { ...draft, statesOf: 'the target’s weights' } });
    const withStates = CACHE + 64 * (models[0]?.architecture?.hidden ?? 0) * 4;
    expect(models).toMatchObject([{ memory: { cache: withStates } }, { memory: { cache: withStates } }]);
    expect(withStates).toBeGreaterThan(CACHE);
  });

  it('a person is told what will not fit, by how much', async () => {
    const { fetchBytes, memoryBytes, models } = await plan({ target, draft });
    const largest = models[0]?.architecture?.largestBytes ?? 0;
    const around = { roomBytes: fetchBytes - 1, memoryBytes: (memoryBytes ?? 0) - 1, bindingBytes: largest - 1 };
    expect((await plan({ target: { ...target, missing: ['shader-f16'] }, draft }, around)).obstacles).toEqual([
      { what: 'feature', model: target.id, missing: ['shader-f16'] },
      { what: 'array', model: target.id, wanted: largest, there: largest - 1 },
      { what: 'array', model: draft.id, wanted: largest, there: largest - 1 },
      { what: 'memory', model: null, wanted: memoryBytes, there: (memoryBytes ?? 0) - 1 },
      { what: 'room', model: null, wanted: fetchBytes, there: fetchBytes - 1 },
    ]);
    const enough = { roomBytes: fetchBytes, memoryBytes, bindingBytes: largest };
    expect((await plan({ target, draft }, enough)).obstacles).toEqual([]);
  });

  it('the CPU runs models on libraries of ours alone, with as much memory as WebAssembly addresses', async () => {
    const conversion = { shape: 'any', name: 'any', context: 64, prefillChunk: 256 };
    const [ours, long] = [
      { ...target, conversion },
      { ...target, conversion, context: 2 ** 26 },
    ];
    const obstacles = async (model: ModelSpec, backend: Surroundings['backend'] = 'cpu') =>
      (await plan({ target: { ...model, missing: ['shader-f16'] }, draft: null }, { backend })).obstacles;
    expect(await obstacles(target)).toEqual([{ what: 'library', model: target.id }]);
    expect(await obstacles(ours)).toEqual([]);
    expect(await obstacles(long)).toMatchObject([{ what: 'memory', model: target.id, there: 2 ** 32 }]);
    expect(await obstacles(long, 'webgpu')).toMatchObject([{ what: 'feature' }]);
  });

  it('a library that is made of another counts what comes for it, once for both models, and what it takes when it is made', async () => {
    const file = (name: string, bytes: number) => {
      return { url: `${hub.url}${name}`, place: `${hub.url}${name}`, name, bytes, sha256: null };
    };
    const made = (model: ModelSpec, name: string): ModelSpec => {
      const library = {
        ...file(name, 3_000_000),
        needs: [],
        from: { base: file('base.wasm', 2_900_000), delta: file(`${name}.delta`, 30_000) },
      };
      return { ...model, library, libraries: [library] };
    };
    const { models, fetchBytes, writeBytes } = await plan({ target: made(target, 'a.wasm'), draft: made(draft, 'b.wasm') });
    const weights = weightsOf(target) + weightsOf(draft);
    expect(models.map((model) => model.fetchBytes)).toEqual([weightsOf(target) + 2_930_000, weightsOf(draft) + 30_000]);
    expect([fetchBytes - weights, writeBytes - weights]).toEqual([2_960_000, 8_960_000]);
  });

  it('nothing is left to fetch of what a download has brought', async () => {
    await new Transfer(storage, shelvedFiles([target]), () => undefined).resume();
    const { models, fetchBytes } = await plan({ target, draft });
    expect([models[0]?.fetchBytes, models[0]?.unknown, fetchBytes]).toEqual([0, [], weightsOf(draft)]);
    expect(models[0]?.hereBytes).toBeGreaterThan(weightsOf(target));
  });

  it('the length of a tokenizer is asked for without fetching it', async () => {
    const url = `${hub.url}mlc-ai/Target-q4f32_1-MLC/resolve/main/tokenizer.json`;
    const { signal } = new AbortController();
    expect(await lengthOf(url, signal)).toBe((await (await fetch(url)).blob()).size);
    expect(await lengthOf(`${url}.missing`, signal)).toBeNull();
  });

  it('the browser is asked to keep what is stored, where it can', async () => {
    const persist = vi.fn(async () => true);
    vi.stubGlobal('navigator', { storage: { persist } });
    expect([await keepStored(), persist.mock.calls.length]).toEqual([true, 1]);
    vi.stubGlobal('navigator', {});
    expect(await keepStored()).toBeNull();
    vi.unstubAllGlobals();
  });
});

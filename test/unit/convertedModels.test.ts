import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planDownload } from '../../src/catalog/downloadPlan';
import { deleteHubModel, folderOfHubModel, idOfHubModel, keepHubModel, readHubModels } from '../../src/catalog/hubModels';
import type { ModelSpec } from '../../src/catalog/spec';
import { deleteStored, findStored, SHELVES } from '../../src/catalog/storedModels';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import type { RunEvent } from '../../src/core/types';
import { type ConvertProgress, storeLoadable } from '../../src/engine/convert';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { PairEngine } from '../../src/engine/engine';
import { inspect } from '../../src/engine/hub';
import { shapeKey } from '../../src/formats/gguf';
import { convertMlc, type MlcModel, readMlcModel, readTensors } from '../../src/formats/mlc';
import { dropList, keepList } from '../../src/storage/keptList';
import { memoryStorage } from '../../src/storage/memory';
import type { FileStorage } from '../../src/storage/port';
import { hashOfBytes } from '../../src/storage/sha256';
import { Hub } from '../support/hub';
import { MLC_SIDES } from '../support/mlc/model';
import { putModel } from '../support/mlc/onHub';
import { byteTokenizer, TEMPLATE } from '../support/mlc/text';

const NAME = 'Small-q4f32_1-MLC';
const LIBRARY = new TextEncoder().encode('a library of ours');
const OURS = { name: 'Small', context: 48, prefillChunk: 32 };

let hub: Hub;
beforeAll(async () => {
  hub = await Hub.start();
});
afterAll(() => hub.close());

let model: ModelSpec;
let storage: FileStorage;
beforeEach(async () => {
  hub.repair();
  storage = memoryStorage();
  await inspectModel();
});

/** Puts the model on the hub, with `ofModel` in its configuration, and looks at it. */
async function inspectModel(ofModel: object = {}): Promise<void> {
  const { record, files } = putModel(hub, NAME, byteTokenizer());
  Object.assign(files.config, { conv_template: TEMPLATE, model_config: { ...files.config.model_config, ...ofModel } });
  hub.put(`mlc-ai/${NAME}/resolve/main/mlc-chat-config.json`, JSON.stringify(files.config));
  const { shape } = readMlcModel(files.config) as MlcModel;
  const library = { path: 'small.wasm', bytes: LIBRARY.length, sha256: await hashOfBytes(LIBRARY.slice()), needs: [] };
  hub.put('libraries/small.wasm', LIBRARY);
  hub.put('libraries/index.json', JSON.stringify([{ ...OURS, shape: shapeKey(shape), libraries: [library] }]));
  const folder = folderOfHubModel(idOfHubModel(NAME), hub.url);
  await inspect({ type: 'inspect', record, folder }, storage, (update) => (model = update.model), never());
  hub.requests.length = 0;
}

const never = () => new AbortController().signal;

/** Every file of the model that is kept, by the end of its place. */
async function kept(): Promise<string[]> {
  const shelves = await Promise.all(Object.values(SHELVES).map(async (name) => (await storage.open(name)).list()));
  return shelves.flat().map((place) => place.replace(`${model.folder}/`, ''));
}

async function load(signal = never(), heard: (progress: ConvertProgress) => void = () => undefined) {
  const phases = new Set<string>();
  const report = (progress: ConvertProgress) => {
    phases.add(progress.phase);
    heard(progress);
  };
  return { loaded: await storeLoadable(model, { storage, report, signal }), phases: [...phases] };
}

describe('a model in MLC’s format that a library of ours runs', () => {
  it('is offered on that library, with its context, and without the features that MLC’s own needs', () => {
    expect(model).toMatchObject({ context: 48, missing: [], conversion: OURS, library: { url: `${hub.url}libraries/small.wasm` } });
  });

  it('stays on MLC’s own library where the page has none, or cannot read which it has', async () => {
    const { record } = putModel(hub, NAME);
    const folder = folderOfHubModel(idOfHubModel(NAME), hub.url);
    for (const fault of ['missing', 'broken'] as const) {
      hub.break('libraries/index.json', fault);
      await inspect({ type: 'inspect', record, folder }, storage, (update) => (model = update.model), never());
      expect(model).toMatchObject({ library: { url: record.model_lib } });
      expect(model.conversion).toBeUndefined();
    }
  });

  it('is converted when it is first loaded, to the files that its conversion gives, which stand for its weights from then on', async () => {
    const { files } = putModel(hub, NAME);
    const { loaded, phases } = await load();
    expect(phases).toEqual(['checking', 'downloading', 'converting']);
    expect(hub.requests.filter((name) => name.endsWith('.wasm'))).toEqual(['libraries/small.wasm']);
    const { shape } = readMlcModel(files.config) as MlcModel;
    const read = async (file: string, offset: number, length: number) =>
      (files.shards.get(file) as Uint8Array).slice(offset, offset + length);
    const tokenizer = new Uint8Array(
      await ((await (await storage.open(SHELVES.weights)).get(`${model.folder}/resolve/main/tokenizer.json`)) as Blob).arrayBuffer(),
    );
    const config = { ...files.config, conv_template: TEMPLATE };
    const folder = { config, tokenizer, tensors: readTensors(files.cache), read };
    const expected: Record<string, string> = {};
    for await (const { path, bytes } of convertMlc(folder, shape, { ...OURS, shape: '' }, () => undefined, never())) {
      expected[`${loaded.folder}/${path}`] = await hashOfBytes(bytes as Uint8Array<ArrayBuffer>);
    }
    expect(Object.fromEntries(loaded.files.map(({ place, sha256 }) => [place, sha256]))).toEqual(expected);
    expect((await kept()).filter((name) => /^resolve.*shard/.test(name))).toEqual([]);
    expect(await findStored(model, storage)).toMatchObject({ whole: true });

    hub.requests.length = 0;
    expect(await load()).toEqual({ loaded, phases: ['checking'] });
    expect(hub.requests).toEqual([]);
    await keepHubModel(storage, hub.url, { ...model, id: idOfHubModel(NAME) });
    expect(await readHubModels(storage, hub.url)).toMatchObject([{ conversion: OURS }]);
  });

  it('is planned with room for both until it is converted, in float32, and with nothing to fetch afterwards', async () => {
    const plan = () =>
      planDownload({ target: model, draft: null }, storage, { backend: 'webgpu', bindingBytes: null, memoryBytes: null, roomBytes: null });
    const before = await plan();
    const [{ memory, architecture, fetchBytes } = { memory: null, architecture: null, fetchBytes: 0 }] = before.models;
    const { layers, kvHeads, headDim } = MLC_SIDES;
    expect(memory?.cache).toBe(2 * layers * kvHeads * headDim * 48 * 4);
    expect([fetchBytes > 0, before.writeBytes]).toEqual([true, before.fetchBytes + (architecture?.weightBytes ?? 0)]);
    const { loaded } = await load();
    // Besides, an array has a header of 32 bytes.
    const kept = loaded.files.filter(({ name }) => name.endsWith('.bin')).reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
    expect(kept - (memory?.weights ?? 0)).toBe(32 * (1 + 4 * layers));
    expect(await plan()).toMatchObject({ fetchBytes: 0, writeBytes: 0 });
  });

  it('that is stopped while it is converted has lost nothing, and is converted again without a network', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    const stopped = load(stop.signal, ({ phase }) => phase === 'converting' && stop.abort(reason));
    await expect(stopped).rejects.toBe(reason);
    expect((await kept()).filter((name) => name.startsWith('grouped'))).toEqual([]);
    hub.requests.length = 0;
    expect((await load()).phases).toEqual(['checking', 'converting']);
    expect(hub.requests).toEqual([]);
  });

  it('whose converted files have no room says so, and keeps what was downloaded', async () => {
    const open = storage.open.bind(storage);
    const full: FileStorage = {
      async open(name) {
        const shelf = await open(name);
        const put: typeof shelf.put = async (place, content, about) => {
          if (place.includes('/grouped/')) throw new DOMException('full', 'QuotaExceededError');
          return shelf.put(place, content, about);
        };
        return { ...shelf, put, get: shelf.get, about: shelf.about, delete: shelf.delete, list: shelf.list };
      },
    };
    const failed = storeLoadable(model, { storage: full, report: () => undefined, signal: never() });
    await expect(failed).rejects.toMatchObject({
      failure: { code: 'storage', message: expect.stringContaining('could not be converted') },
    });
    hub.requests.length = 0;
    await load();
    expect(hub.requests).toEqual([]);
  });

  it('stands converted where what it was made of cannot be deleted', async () => {
    const stuck: FileStorage = {
      async open(name) {
        const shelf = await storage.open(name);
        const refuse: typeof shelf.delete = async (place) => {
          if (/resolve\/main\/params_shard_\d+\.bin$/.test(place) && !place.includes('/grouped/'))
            throw new DOMException('stuck', 'UnknownError');
          return shelf.delete(place);
        };
        return { ...shelf, delete: refuse };
      },
    };
    const loaded = await storeLoadable(model, { storage: stuck, report: () => undefined, signal: never() });
    expect((await load()).loaded).toEqual(loaded);
    await deleteStored(model, [], storage);
    expect(await kept()).toEqual([]);
  });

  it('of which the browser dropped a converted file is fetched and converted again', async () => {
    const { loaded } = await load();
    const [shard] = loaded.files.filter(({ name }) => name.endsWith('.bin'));
    await (await storage.open(SHELVES.weights)).delete(shard?.place ?? '');
    expect(await findStored(model, storage)).toMatchObject({ whole: false });
    const again = await load();
    expect(again.loaded).toEqual(loaded);
    expect(again.phases).toContain('downloading');
  });

  it('runs without WebGPU too, and writes speculatively what it writes plainly', async () => {
    storage = memoryStorage();
    await inspectModel({ rope_scaling: null });
    const cpu = new PairEngine(new CpuPairs(storage), () => performance.now());
    const settings = { ...DEFAULT_RUN, maxTokens: 8, ignoreStopTokens: true };
    const write = async (mode: 'plain' | 'speculative') => {
      const events: RunEvent[] = [];
      const task = {
        type: 'run',
        pair: { target: model, draft: null },
        turns: [],
        prompt: 'ababab',
        raw: true,
        calibration: null,
      } as const;
      const report = (update: { type: string }) => void (['progress', 'memory'].includes(update.type) || events.push(update as RunEvent));
      await cpu.run({ ...task, settings: { ...settings, mode, drafting: 'ngram' } }, report, never());
      return committedTokens(events).map(({ id }) => id);
    };
    const plain = await write('plain');
    expect(plain).toHaveLength(8);
    expect(await write('speculative')).toEqual(plain);
  });

  it('is deleted with all that it was converted to', async () => {
    await load();
    await deleteStored(model, [], storage);
    expect(await kept()).toEqual([]);
  });

  it('is deleted with its library, unless another model needs that, or a document that cannot be read might', async () => {
    await load();
    const [id, other] = [idOfHubModel(NAME), idOfHubModel('Twin-q4f32_1-MLC')];
    await keepHubModel(storage, hub.url, { ...model, id });
    await keepHubModel(storage, hub.url, { ...model, id: other });
    await deleteHubModel(storage, hub.url, id);
    expect(await kept()).toEqual([model.library.place]);
    const unread = `${hub.url}models-hub/unread.json`;
    await keepList(storage, unread, '{"format": 2}');
    await deleteHubModel(storage, hub.url, other);
    expect(await kept()).toEqual([model.library.place]);
    await dropList(storage, unread);
    await deleteHubModel(storage, hub.url, other);
    expect(await kept()).toEqual([]);
  });
});

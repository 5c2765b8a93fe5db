import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { chatConfigOf, samplingOf, withOptions } from '../../src/catalog/chatConfig';
import { checkPair, sharesVocabulary } from '../../src/catalog/pairing';
import { type ModelRecord, nameOfFolder, readRecord, recordOf, requireLibrary } from '../../src/catalog/records';
import { fileOf } from '../../src/catalog/spec';
import { FailureError } from '../../src/core/failure';
import { memoryStorage } from '../../src/storage/memory';
import { FaultyServer } from '../e2e/support/server';
import { SHIPPED, shippedTarget } from '../support/shipped';

let server: FaultyServer;
let folder: string;
beforeAll(async () => {
  // Its own copy, in which files are missing and wrong.
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'records-'));
  fs.cpSync(SHIPPED, folder, { recursive: true });
  server = await FaultyServer.start(folder);
  return () => fs.rmSync(folder, { recursive: true });
});
afterAll(() => server.close());
afterEach(() => {
  vi.unstubAllGlobals();
});

const CONFIG = 'target/resolve/main/mlc-chat-config.json';
const TOKENIZER = 'target/resolve/main/tokenizer.json';
const record = (fields: Partial<ModelRecord> = {}): ModelRecord => ({
  ...{ model: `${server.url}target`, model_id: 'small', model_lib: `${server.url}libraries/target.wasm` },
  ...fields,
});
const own = () => JSON.parse(fs.readFileSync(path.join(SHIPPED, CONFIG), 'utf8'));

async function failureOf(reading: Promise<unknown>) {
  const thrown = await reading.then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof FailureError) return thrown.failure;
  throw thrown ?? new Error('it was read');
}

const { signal } = new AbortController();

describe('a record of web-llm’s', () => {
  it('is the model that the list has', async () => {
    const listed = shippedTarget().model;
    const read = await readRecord(record(), memoryStorage());
    expect(read).toMatchObject({ id: 'small', context: listed.context, vocabulary: listed.vocabulary, missing: [], rollsBack: true });
    const names = (files: typeof read.files) => files.map(({ place }) => new URL(place).pathname.split('/').at(-1)).sort();
    expect(names(read.files)).toEqual(names(listed.files));
    expect(fileOf(read, 'params_shard_0.bin')).toMatchObject({ bytes: fileOf(listed, 'params_shard_0.bin')?.bytes });
    expect(read.library).toMatchObject({ url: `${server.url}libraries/target.wasm`, needs: [] });
  });

  it('may be relative, name its branch, and need what the adapter lacks', async () => {
    const read = await readRecord(
      record({ model: 'target/resolve/main/', model_lib: 'libraries/target.wasm', required_features: ['shader-f16'] }),
      memoryStorage(),
      { base: server.url },
    );
    expect(read).toMatchObject({ folder: `${server.url}target`, missing: ['shader-f16'] });
    const other = await failureOf(readRecord(record({ model: `${server.url}target/resolve/v2` }), memoryStorage()));
    expect(other).toMatchObject({ code: 'file-missing' });
    expect(server.requests.at(-1)).toBe('target/resolve/v2/mlc-chat-config.json');
  });

  it('is read again without its server', async () => {
    const storage = memoryStorage();
    const read = await readRecord(record(), storage);
    server.break(CONFIG, 'missing');
    expect(await readRecord(record(), storage)).toEqual(read);
    server.repair();
  });

  it('may have an older folder, with the tensors’ list under its former name', async () => {
    const [list, former] = ['tensor-cache.json', 'ndarray-cache.json'].map((name) => `target/resolve/main/${name}`) as [string, string];
    fs.cpSync(path.join(SHIPPED, list), path.join(folder, former));
    server.break(list, 'missing');
    const read = await readRecord(record(), memoryStorage());
    expect(fileOf(read, 'tensor-cache.json')?.url).toBe(`${server.url}${former}`);
    server.repair();
  });

  it('overrides what its model says, and its caller overrides both', async () => {
    const storage = memoryStorage();
    const overrides = { context_window_size: 512, temperature: 0.6, top_p: 0.9 };
    const read = await readRecord(record({ overrides }), storage);
    expect(read.context).toBe(512);
    expect(read.revision).not.toBe((await readRecord(record(), storage)).revision);
    const said = { context_window_size: 256, temperature: 0.2, conv_config: { system_message: 'Be brief.' } };
    const config = await chatConfigOf(read, storage, [overrides, said], signal);
    expect(samplingOf(config)).toEqual({ temperature: 0.2, topP: 0.9, repetitionPenalty: 1, frequencyPenalty: 0, presencePenalty: 0 });
    const changed = withOptions(read, config, said);
    expect(changed).toMatchObject({ context: 256, template: { ...own().conv_template, system_message: 'Be brief.' } });
    expect(changed.revision).not.toBe(read.revision);
    expect(withOptions(read, config, {})).toBe(read);
  });

  const FORGETFUL: readonly (readonly [string, Record<string, unknown>, number])[] = [
    ['a sliding window', { context_window_size: -1, sliding_window_size: 48 }, 48],
    ['a recurrent state', { max_history_size: 1 }, own().context_window_size],
  ];
  it.each(FORGETFUL)('of a model with %s is refused for speculation by its name, and offered plain', async (_, overrides, context) => {
    const storage = memoryStorage();
    const read = await readRecord(record({ overrides }), storage);
    expect(read).toMatchObject({ context, rollsBack: false });
    expect(() => checkPair({ target: read, draft: null })).not.toThrow();
    expect(() => checkPair({ target: read, draft: 'itself' })).toThrow(/^small cannot take tokens out of its cache/);
    const whole = await readRecord(record(), storage);
    const config = await chatConfigOf(whole, storage, [overrides], signal);
    expect(withOptions(whole, config, overrides)).toMatchObject({ context, rollsBack: false });
  });

  it('needs half precision where its model computes in it, whether it says so or not', async () => {
    server.replace(CONFIG, JSON.stringify({ ...own(), quantization: 'q4f16_1' }));
    expect(await readRecord(record(), memoryStorage())).toMatchObject({ library: { needs: ['shader-f16'] }, missing: ['shader-f16'] });
    server.repair();
  });

  it('has the fingerprint of its tokenizer, so that a pair is known before its weights are there', async () => {
    const storage = memoryStorage();
    const read = await readRecord(record(), storage);
    const draft = () => readRecord(record({ model: `${server.url}draft`, model_id: 'draft' }), memoryStorage());
    expect(sharesVocabulary(read, await draft())).toBe(true);
    const tokenizer = JSON.parse(fs.readFileSync(path.join(SHIPPED, TOKENIZER), 'utf8'));
    tokenizer.model.merges.pop();
    server.replace(TOKENIZER.replace('target', 'draft'), JSON.stringify(tokenizer));
    expect(sharesVocabulary(read, await draft())).toBe(false);
    server.repair();
    expect(server.requests.filter((name) => name.endsWith('.bin'))).toEqual([]);
  });

  const WRONG: readonly (readonly [string, Partial<ModelRecord>, string])[] = [
    ['another kind of model', { model_type: 1 }, 'model_type'],
    ['a manifest of its own', { model_manifest: 'mlc-model-manifest.json' }, 'model_manifest'],
    ['no library', { model_lib: undefined as never }, 'model_lib'],
    ['a model that is not a URL', { model: 'target' }, 'is no URL'],
    ['a hash of another kind', { integrity: { config: 'sha384-AAAA' } }, 'integrity'],
    ['no context', { overrides: { context_window_size: -1 } }, 'context_window_size'],
    ['a template without roles', { overrides: { conv_template: {} } }, 'conv_template'],
  ];
  it.each(WRONG)('with %s is refused by name', async (_, fields, named) => {
    const failure = await failureOf(readRecord(record(fields), memoryStorage()));
    expect(failure).toMatchObject({ code: 'manifest-invalid', message: expect.stringContaining(named) });
  });

  it('that overrides what cannot be is refused by the option’s name', async () => {
    const failure = await failureOf(readRecord(record({ overrides: { prefill_chunk_size: 64 } }), memoryStorage()));
    expect(failure).toMatchObject({ code: 'invalid-setting', message: expect.stringContaining('prefill_chunk_size') });
    const same = { prefill_chunk_size: own().prefill_chunk_size };
    expect(await readRecord(record({ overrides: same }), memoryStorage())).toMatchObject({ id: 'small' });
  });

  it('with a file of another hash is refused as damaged, unless that is only to be logged', async () => {
    const integrity = { config: `sha256-${'A'.repeat(43)}=` };
    expect(await failureOf(readRecord(record({ integrity }), memoryStorage()))).toMatchObject({ code: 'file-damaged' });
    expect(await readRecord(record({ integrity: { ...integrity, onFailure: 'warn' } }), memoryStorage())).toMatchObject({ id: 'small' });
  });

  it.each(['mlc-chat-config.json', 'tensor-cache.json'])('whose %s is something else is refused by its name', async (name) => {
    server.replace(`target/resolve/main/${name}`, 'no JSON');
    const failure = await failureOf(readRecord(record(), memoryStorage()));
    expect(failure).toMatchObject({ code: 'manifest-invalid', message: expect.stringContaining(name) });
    server.repair();
  });

  it.each(['mlc-chat-config.json', 'tensor-cache.json', 'tokenizer.json'])('where a page answers for %s says so', async (name) => {
    server.replace(`target/resolve/main/${name}`, '\n<!doctype html>');
    const failure = await failureOf(readRecord(record(), memoryStorage()));
    expect(failure.code).toBe('server-refused');
    expect(failure.message).toBe(`${new URL(server.url).host} answered with a page in place of ${name}.`);
    server.repair();
  });

  const LIES: readonly (readonly [string, object])[] = [
    ['another model’s files', { dataPath: '../../../draft/resolve/main/params_shard_0.bin' }],
    ['another host', { dataPath: 'https://example.org/params_shard_0.bin' }],
    ['a size below nothing', { nbytes: -1 }],
    ['half a byte', { nbytes: 0.5 }],
    ['more bytes than there are numbers for', { nbytes: 1e300 }],
  ];
  it.each(LIES)('whose list of tensors names %s is refused', async (_, lie) => {
    const name = 'target/resolve/main/tensor-cache.json';
    const cache = JSON.parse(fs.readFileSync(path.join(SHIPPED, name), 'utf8'));
    Object.assign(cache.records[0], lie);
    server.replace(name, JSON.stringify(cache));
    const storage = memoryStorage();
    const failure = await failureOf(readRecord(record(), storage));
    expect(failure).toMatchObject({ code: 'manifest-invalid', message: expect.stringContaining('tensor-cache.json: records.0.') });
    server.repair();
  });

  it('is kept in a folder of its own, wherever its files come from', async () => {
    const storage = memoryStorage();
    const folder = 'https://page.test/models-hub/small';
    const read = await readRecord(record(), storage, { folder });
    expect(read.folder).toBe(folder);
    expect(read.library).toMatchObject({ url: `${server.url}libraries/target.wasm`, place: `${folder}/target.wasm` });
    expect(read.files.every(({ place }) => place.startsWith(`${folder}/resolve/main/`))).toBe(true);
    expect(read.files.map(({ url }) => url)).toEqual((await readRecord(record(), storage)).files.map(({ url }) => url));
  });

  const PASTED: readonly (readonly [string, string])[] = [
    ['https://huggingface.co/mlc-ai/Small-MLC', 'https://huggingface.co/mlc-ai/Small-MLC'],
    ['https://huggingface.co/mlc-ai/Small-MLC/tree/main', 'https://huggingface.co/mlc-ai/Small-MLC/resolve/main/'],
    [' https://huggingface.co/mlc-ai/Small-MLC/tree/v2/?show=all ', 'https://huggingface.co/mlc-ai/Small-MLC/resolve/v2/'],
  ];
  it.each(PASTED)('is made of an address as people copy it: %s', (pasted, model) => {
    const { model_id: id, ...made } = recordOf(pasted, 'https://github.com/mlc-ai/libs/blob/main/small.wasm');
    expect(made).toEqual({ model, model_lib: 'https://github.com/mlc-ai/libs/raw/main/small.wasm' });
    expect(id).toMatch(/^Small-MLC-[0-9a-f]{8}$/);
    // Another owner's model of this name is another.
    expect(recordOf('https://host.test/Small-MLC', 'https://host.test/small.wasm').model_id).not.toBe(id);
  });

  it.each([
    ['https://huggingface.co/me/Small-MLC/resolve/main/', 'Small-MLC'],
    ['https://host.test/files/small%20one/', 'small one'],
    ['https://host.test/small/model/', 'small'],
    ['https://host.test:8080/model', 'host.test:8080'],
    ['https://host.test/50%', '50%'],
  ])('is called by its repository or folder: %s', (address, name) => {
    expect(nameOfFolder(address)).toBe(name);
  });
});

describe('a library', () => {
  /** Answers with `content`, a byte at a time. */
  const serveBytes = (content: Uint8Array) => {
    const bytes = content.values();
    const pull = (controller: ReadableStreamDefaultController) => {
      const { value, done } = bytes.next();
      if (done) controller.close();
      else controller.enqueue(Uint8Array.of(value));
    };
    vi.stubGlobal('fetch', async () => new Response(new ReadableStream({ pull })));
  };
  const library = fs.readFileSync(path.join(SHIPPED, 'libraries/target.wasm'));

  it('is known by its first bytes, in however small pieces they come', async () => {
    const model = await readRecord(record(), memoryStorage());
    for (const right of [library, library.subarray(0, 8)]) {
      serveBytes(right);
      await requireLibrary(model, memoryStorage(), signal);
    }
    serveBytes(library.subarray(0, 3));
    expect(await failureOf(requireLibrary(model, memoryStorage(), signal))).toMatchObject({ code: 'manifest-invalid' });
    serveBytes(new TextEncoder().encode('\n\n  <!doctype html>'));
    expect(await failureOf(requireLibrary(model, memoryStorage(), signal))).toMatchObject({ code: 'server-refused' });
    serveBytes(new Uint8Array());
    expect(await failureOf(requireLibrary(model, memoryStorage(), signal))).toMatchObject({ code: 'file-damaged' });
  });
});

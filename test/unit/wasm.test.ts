import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CpuForward } from '../../src/model/cpu/forward';
import type { Forward } from '../../src/model/cpu/port';
import { ChatText } from '../../src/model/cpu/text';
import { wasmForward } from '../../src/model/cpu/wasm';
import type { Threads } from '../../src/model/cpu/wasm/thread';
import { type ModelConfig, parseConfig, readWeights } from '../../src/model/cpu/weights';
import reference from '../fixtures/smollm2.json';
import { promptsOfEveryKind } from '../support/benchPrompts';
import { someNumbers } from '../support/packedWords';
import { SHIPPED } from '../support/shipped';
import { Team } from '../support/team';

const SMOLLM2 = path.resolve('public/models-smollm2/smollm2/resolve/main');
const missing = !fs.existsSync(SMOLLM2);
/** Of the standard deviation of all logits, as in bench/reference.mjs, which makes the fixture. */
const TOLERANCE = 2e-4;

class Folder {
  constructor(private readonly folder: string) {}

  json(name: string) {
    return JSON.parse(fs.readFileSync(path.join(this.folder, name), 'utf8'));
  }

  readonly shard = async (name: string): Promise<ArrayBuffer> => {
    const bytes = fs.readFileSync(path.join(this.folder, name));
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };

  config(): ModelConfig {
    return parseConfig(this.json('mlc-chat-config.json'));
  }

  async wasm(config = this.config(), index: unknown = this.json('tensor-cache.json'), threads = 1, shard = this.shard): Promise<Forward> {
    const team = new Team(threads);
    const forward = await wasmForward(config, index, shard, team);
    if (!forward) throw new Error('this Node has no SIMD in WebAssembly');
    onTestFinished(() => forward.close());
    await team.begun();
    return forward;
  }
}

const shipped = (id: string) => new Folder(path.join(SHIPPED, id, 'resolve/main'));
const family = (name: string) => new Folder(path.resolve(import.meta.dirname, '../fixtures/families', name));

/** Ids that mean nothing: what is computed does not depend on that. */
function someIds(count: number, vocabulary: number): number[] {
  const next = someNumbers(count);
  return Array.from({ length: count }, () => Math.floor(next() * vocabulary));
}

function worst(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  expect(a).toHaveLength(b.length);
  let most = 0;
  a.forEach((row, i) => {
    const other = b[i] as ArrayLike<number>;
    for (let j = 0; j < other.length; j++) most = Math.max(most, Math.abs((row[j] as number) - (other[j] as number)));
  });
  return most;
}

describe('the pair in WebAssembly', () => {
  it.each(['target', 'draft', 'weak-draft'])('has the logits and the hidden states of the plain forward within 1e-4: %s', async (id) => {
    const folder = shipped(id);
    const plain = new CpuForward(folder.config(), await readWeights(folder.json('tensor-cache.json'), folder.shard));
    const wasm = await folder.wasm();
    const text = new ChatText(folder.config(), folder.json('tokenizer.json'));
    for (const prompt of promptsOfEveryKind(1)) {
      const ids = text.encodeChat(prompt, []);
      for (const forward of [wasm, plain]) forward.truncate(0);
      expect(worst(wasm.forward(ids, 'all-rows'), plain.forward(ids, 'all-rows')), prompt).toBeLessThan(1e-4);
      // Some of them are in the thousands.
      const largest = plain.hidden.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(worst([wasm.hidden], [plain.hidden]) / largest, prompt).toBeLessThan(1e-5);
    }
  });

  it('gives the same bits however many tokens come at a time, and after tokens were taken out', async () => {
    const wasm = await shipped('target').wasm();
    const ids = someIds(40, wasm.vocabularySize);
    const single = ids.map((id) => wasm.forward([id], 'last-row')[0] as Float32Array);
    for (const step of [2, 3, 5, 6, 16, 17, 40]) {
      wasm.truncate(0);
      const rows: Float32Array[] = [];
      for (let from = 0; from < ids.length; from += step) rows.push(...wasm.forward(ids.slice(from, from + step), 'all-rows'));
      expect(worst(rows, single)).toBe(0);
    }
    wasm.truncate(10);
    wasm.forward(someIds(9, wasm.vocabularySize), 'last-row');
    wasm.truncate(10);
    expect(worst(wasm.forward(ids.slice(10, 15), 'all-rows'), single.slice(10, 15))).toBe(0);
    expect(worst(wasm.forward(ids.slice(15), 'last-row'), single.slice(-1))).toBe(0);
  });

  it('gives the same bits with any number of threads, and after they were ended', async () => {
    const folder = shipped('target');
    const ids = someIds(40, 2048);
    const wanted = (await folder.wasm()).forward(ids, 'all-rows');
    for (const threads of [2, 3, 5]) {
      const wasm = await folder.wasm(folder.config(), folder.json('tensor-cache.json'), threads);
      expect(wasm.threads).toBe(threads);
      for (const step of [1, 5, 40]) {
        wasm.truncate(0);
        const rows: Float32Array[] = [];
        for (let from = 0; from < ids.length; from += step) rows.push(...wasm.forward(ids.slice(from, from + step), 'all-rows'));
        expect(worst(rows, wanted)).toBe(0);
      }
      const twin = wasm.sibling();
      expect(worst(twin.forward(ids.slice(0, 9), 'all-rows'), wanted.slice(0, 9))).toBe(0);
      wasm.close();
      wasm.truncate(0);
      expect(worst(wasm.forward(ids, 'all-rows'), wanted)).toBe(0);
    }
  });

  it.each([
    ['target', 2],
    ['draft', 1],
    ['weak-draft', 1],
  ])('has threads where its products are large enough to gain, and where a person asks for them: %s', async (id, usual) => {
    const folder = shipped(id);
    const load = async (areChosen: boolean) => {
      const start = vi.fn<Threads['start']>(() => ({ end: () => undefined }));
      const forward = await wasmForward(folder.config(), folder.json('tensor-cache.json'), folder.shard, { count: 2, areChosen, start });
      return [forward?.threads, start.mock.calls.length];
    };
    expect(await load(false)).toEqual([usual, usual - 1]);
    expect(await load(true)).toEqual([2, 1]);
  });

  it('waits for no thread, and has the same bits while threads join in between two passes and within one', async () => {
    const folder = shipped('target');
    const ids = someIds(40, 2048);
    const wanted = (await folder.wasm()).forward(ids, 'all-rows');
    const team = new Team(4);
    const wasm = await wasmForward(folder.config(), folder.json('tensor-cache.json'), folder.shard, team);
    if (!wasm) throw new Error('this Node has no SIMD in WebAssembly');
    onTestFinished(() => wasm.close());
    const check = (step: number) => {
      wasm.truncate(0);
      const rows: Float32Array[] = [];
      for (let from = 0; from < ids.length; from += step) rows.push(...wasm.forward(ids.slice(from, from + step), 'all-rows'));
      expect(worst(rows, wanted)).toBe(0);
    };
    check(40);
    // They count from their start on.
    expect([team.heard, wasm.threads]).toEqual([0, 4]);
    for (const until = performance.now() + 40_000; team.heard < 3 && performance.now() < until; ) {
      for (const step of [1, 5, 40]) check(step);
      await new Promise(setImmediate);
    }
    expect(team.heard).toBe(3);
    for (let pass = 0; pass < 20; pass++) check(5);
    expect(wasm.threads).toBe(4);
  });

  it('keeps two caches on one set of weights', async () => {
    const one = await shipped('draft').wasm();
    const other = one.sibling();
    const [ids, others] = [someIds(12, one.vocabularySize), someIds(13, one.vocabularySize)];
    one.forward(ids.slice(0, 6), 'last-row');
    other.forward(others, 'last-row');
    const apart = one.forward(ids.slice(6), 'last-row');
    expect([one.length, other.length]).toEqual([12, 13]);
    one.truncate(0);
    expect(worst(one.forward(ids, 'last-row'), apart)).toBe(0);
  });

  it('refuses ids outside the vocabulary and more than the context holds, and keeps what it has', async () => {
    const wasm = await shipped('draft').wasm({ ...shipped('draft').config(), context_window_size: 8 });
    wasm.forward([1, 2, 3], 'last-row');
    expect(() => wasm.forward([1, 2048], 'last-row')).toThrow(/outside the vocabulary/);
    expect(() => wasm.forward([1, 2, 3, 4, 5, 6], 'last-row')).toThrow(RangeError);
    expect(wasm.length).toBe(3);
  });

  it.each([
    ['a matrix that is missing', 'layers.0.qkv', { name: 'layers.9.qkv' }, /"layers.0.qkv" is missing/],
    ['a matrix of other sides', 'layers.0.qkv', { name: 'layers.0.o' }, /"layers.0.(qkv|o)" is/],
    ['an array of another type', 'emb', { dtype: 'float16' }, /"emb" is float16/],
    ['an array past the end of its file', 'emb', { byteOffset: 2 ** 30 }, /"emb" is uint32/],
  ])('names %s', async (_, name, changed, message) => {
    const folder = shipped('draft');
    const index = folder.json('tensor-cache.json');
    for (const file of index.records) {
      file.records = file.records.map((record: { name: string }) => (record.name === name ? { ...record, ...changed } : record));
    }
    await expect(folder.wasm(folder.config(), index)).rejects.toThrow(message);
  });

  it.each([
    ['a gap between two parts', [64, 64], [0, 80], 64],
    ['parts that overlap', [64, 64], [0, 48], 64],
    ['the last part missing', [64, 32], [0, 64], 96],
    ['the first part missing', [128], [16], 0],
  ])('names %s of a matrix', async (_, widths, firsts, columns) => {
    const folder = family('llama');
    const { index, shard } = await inParts(folder, 'emb', widths, firsts);
    const sides = columns === 0 ? 'is missing' : `is 64 by ${columns}`;
    await expect(folder.wasm(folder.config(), index, 1, shard)).rejects.toThrow(`its matrix "emb" ${sides} where 64 by 128 are needed`);
  });

  it.each([
    ['qwen2', 'layers.1.qkv_bias'],
    ['qwen3', 'layers.0.k_norm'],
    ['llama', 'layers.1.n2'],
    ['qwen2', 'head'],
  ])('names a vector or a head of %s that is missing: %s', async (name, array) => {
    const folder = family(name);
    const index = folder.json('tensor-cache.json');
    for (const file of index.records) file.records = file.records.filter((record: { name: string }) => record.name !== array);
    const { model_config: sizes } = folder.config();
    const config = { ...folder.config(), model_config: { ...sizes, tie_word_embeddings: name !== 'qwen2' } };
    await expect(folder.wasm(config, index)).rejects.toThrow(`"${array}" is missing`);
  });

  it('names a vector that is stored as a matrix', async () => {
    const folder = family('qwen3');
    const index = folder.json('tensor-cache.json');
    const records = index.records.flatMap((file: { records: { name: string; dtype: string }[] }) => file.records);
    const matrix = records.find(({ name }: { name: string }) => name === 'layers.0.o');
    for (const layer of [0, 1]) {
      for (const kind of ['q_norm', 'k_norm']) {
        const norm = records.find(({ name }: { name: string }) => name === `layers.${layer}.${kind}`);
        Object.assign(norm, { ...matrix, name: norm.name });
      }
    }
    await expect(folder.wasm(folder.config(), index)).rejects.toThrow(/"layers.\d.[qk]_norm", which is not known here/);
  });

  it('names what a model has and this forward does not use', async () => {
    const folder = shipped('draft');
    const index = folder.json('tensor-cache.json');
    index.records[0].records.push({ ...index.records[0].records[0], name: 'layers.0.experts' });
    await expect(folder.wasm(folder.config(), index)).rejects.toThrow(/"layers.0.experts", which is not known here/);
  });
});

/** `folder` with its matrix `name` cut into parts of as many columns as `widths` says, as those are that no device could bind whole. @param firsts what the parts say of where they begin */
async function inParts(folder: Folder, name: string, widths: readonly number[], firsts?: readonly number[]) {
  const index = folder.json('tensor-cache.json');
  const added: Uint32Array<ArrayBuffer>[] = [];
  for (const file of index.records) {
    const bytes = await folder.shard(file.dataPath);
    file.records = file.records.flatMap((record: { name: string; byteOffset: number; nbytes: number }) => {
      if (record.name !== name) return [record];
      const [head, rest] = [8, new Uint32Array(bytes, record.byteOffset, record.nbytes / 4)];
      const columns = rest[7] as number;
      let first = 0;
      return widths.map((width, part) => {
        const words = Uint32Array.from(rest.subarray(0, head));
        words.set([firsts?.[part] ?? first, words[6] as number, width], 5);
        const cut = Array.from(rest.subarray(head)).filter((_, at) => at % columns >= first && at % columns < first + width);
        added.push(Uint32Array.from([...words, ...cut]));
        first += width;
        return { ...record, name: `${name}.${part}`, shape: [head + cut.length], part: added.length - 1 };
      });
    });
  }
  const [own, parts] = [index.records[0].records.filter(({ part }: { part?: number }) => part === undefined), 'parts.bin'];
  const records = index.records[0].records.flatMap((record: { part?: number }) => (record.part === undefined ? [] : [record]));
  let byteOffset = 0;
  for (const record of records) {
    Object.assign(record, { byteOffset, nbytes: 4 * record.shape[0] });
    byteOffset += record.nbytes;
  }
  index.records = [{ ...index.records[0], records: own }, ...index.records.slice(1), { dataPath: parts, records }];
  const shard = async (wanted: string) => (wanted === parts ? await new Blob(added).arrayBuffer() : folder.shard(wanted));
  return { index, shard };
}

describe.each(['llama', 'qwen2', 'qwen3'])('a tiny model of the family %s in WebAssembly', (name) => {
  const folder = family(name);
  const ids: number[] = folder.json('ids.json');

  it('has the logits that transformers computes, and the same bits however many tokens come at a time and with threads', async () => {
    const vocabulary = folder.config().vocab_size;
    const wanted = new Float32Array(await folder.shard('logits.bin'));
    const rows = ids.map((_, at) => wanted.subarray(at * vocabulary, (at + 1) * vocabulary));
    const single = await folder.wasm();
    const logits = ids.map((id) => single.forward([id], 'last-row')[0] as Float32Array);
    expect(worst(logits, rows)).toBeLessThan(1e-4);
    const several = await folder.wasm(folder.config(), folder.json('tensor-cache.json'), 2);
    for (const step of [3, 5, 17, 40]) {
      several.truncate(0);
      const found: Float32Array[] = [];
      for (let from = 0; from < ids.length; from += step) found.push(...several.forward(ids.slice(from, from + step), 'all-rows'));
      expect(worst(found, logits), `${step} at a time`).toBe(0);
    }
    several.truncate(20);
    several.forward([1, 2, 3], 'last-row');
    several.truncate(20);
    expect(worst(several.forward(ids.slice(20, 25), 'all-rows'), logits.slice(20, 25))).toBe(0);
  });

  it('has the same bits where its matrices come in parts', async () => {
    const whole = (await folder.wasm()).forward(ids, 'all-rows');
    for (const [matrix, widths] of [
      ['emb', [48, 64, 16]],
      ['layers.1.down', [16, 48]],
    ] as const) {
      const { index, shard } = await inParts(folder, matrix, widths);
      expect(worst((await folder.wasm(folder.config(), index, 1, shard)).forward(ids, 'all-rows'), whole)).toBe(0);
    }
  });
});

describe('a rotation', () => {
  it('is refused where it is scaled in an unknown way, or may be and no file says so', () => {
    const config = family('llama').json('mlc-chat-config.json');
    const scaled = (rope_scaling: unknown) => () => parseConfig({ ...config, model_config: { ...config.model_config, rope_scaling } });
    expect(scaled(config.model_config.rope_scaling)().model_config.rope_scaling).toMatchObject({ factor: 8, original: 64 });
    expect(scaled(null)().model_config.rope_scaling).toBeNull();
    expect(scaled({ rope_type: 'yarn', factor: 4 })).toThrow('its rotation is scaled in a way that is not known here');
    expect(scaled(undefined)).toThrow('its files do not say whether its rotation is scaled');
  });
});

describe.skipIf(missing)(missing ? 'SmolLM2 in WebAssembly, skipped: npm run models -- smollm2 makes it' : 'SmolLM2 in WebAssembly', () => {
  it('computes what numpy computes from the same file, and writes what it writes, alone or several tokens at a time', async () => {
    const folder = new Folder(SMOLLM2);
    const text = new ChatText(folder.config(), folder.json('tokenizer.json'));
    const wasm = await folder.wasm({ ...folder.config(), context_window_size: 256 });
    for (const { question, ids, spread, best, logits: wanted, greedy } of reference.prompts) {
      expect(text.encodeChat(question, [])).toEqual(ids);
      wasm.truncate(0);
      let next = ids;
      const rows: Float32Array[] = [];
      for (const [i, id] of greedy.entries()) {
        const [row] = wasm.forward(next, 'last-row');
        if (!row) throw new Error('there are no logits');
        rows.push(row);
        const off = best.map((each, at) => Math.abs((row[each] as number) - (wanted[at] as number)) / spread);
        if (i === 0) expect(Math.max(...off)).toBeLessThan(TOLERANCE);
        next = [row.indexOf(row.reduce((most, value) => Math.max(most, value)))];
        expect(next, `token ${i}`).toEqual([id]);
      }
      wasm.truncate(ids.length);
      expect(worst(wasm.forward(greedy.slice(0, -1), 'all-rows'), rows.slice(1))).toBe(0);
    }
  });
});

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConvertedFile } from '../../../src/formats/gguf';
import { convertMlc, type MlcFolder, type MlcModel, readMlcModel, readTensors } from '../../../src/formats/mlc';
import { refusalOf } from '../../support/gguf/refusal';
import { digest } from '../../support/gguf/sha';
import { arraysOf, unpack } from '../../support/gguf/unpack';
import { MLC_SIDES, type MlcFiles, mlcModel } from '../../support/mlc/model';

const LIBRARY = { shape: '', name: 'Small', context: 64, prefillChunk: 32 };

function folderOf({ config, cache, shards }: MlcFiles, read?: MlcFolder['read']): MlcFolder {
  const fromShards = async (file: string, offset: number, length: number) =>
    (shards.get(file) ?? new Uint8Array()).slice(offset, offset + length);
  return { config, tokenizer: new TextEncoder().encode('{}'), tensors: readTensors(cache), read: read ?? fromShards };
}

async function convert(
  files: MlcFiles,
  read?: MlcFolder['read'],
  report: (bytes: number) => void = () => {},
  signal = new AbortController().signal,
) {
  const converted: ConvertedFile[] = [];
  const { shape } = readMlcModel(files.config) as MlcModel;
  for await (const file of convertMlc(folderOf(files, read), shape, LIBRARY, report, signal)) converted.push(file);
  return converted;
}

type Sides = Pick<typeof MLC_SIDES, 'heads' | 'kvHeads' | 'headDim' | 'feedForward'>;
const same = (row: number) => row;

/** By the end of mlc-llm's name: what the library calls it, and where a row goes there. */
function placesFor({ heads, kvHeads, headDim, feedForward }: Sides): Readonly<Record<string, readonly [string, (row: number) => number]>> {
  // The two halves of a head, side by side: row 0 is column 0, row 32 of 64 column 1.
  const paired = (row: number) => {
    const within = row % headDim;
    return row - within + (within < headDim / 2 ? 2 * within : 2 * (within - headDim / 2) + 1);
  };
  const ofQkv = (row: number) => (row < (heads + kvHeads) * headDim ? paired(row) : row);
  // Four of gate, then four of up, and so on.
  const fours = (row: number) => row + 4 * Math.floor(row / 4);
  return {
    'model.embed_tokens': ['emb', same],
    lm_head: ['head', same],
    'model.norm.weight': ['norm', same],
    'self_attn.qkv_proj': ['qkv', ofQkv],
    'self_attn.c_attn': ['qkv', ofQkv],
    'self_attn.c_attn.bias': ['qkv_bias', ofQkv],
    'self_attn.q_norm.weight': ['q_norm', paired],
    'self_attn.k_norm.weight': ['k_norm', paired],
    'self_attn.o_proj': ['o', same],
    'mlp.gate_up_proj': ['gu', (row) => (row < feedForward ? fours(row) : fours(row - feedForward) + 4)],
    'mlp.down_proj': ['down', same],
    'input_layernorm.weight': ['n1', same],
    'post_attention_layernorm.weight': ['n2', same],
  };
}

/** The numbers that the library has of `name`, in the order of MLC's file. */
function numbersOf(arrays: ReadonlyMap<string, Uint8Array>, name: string, sides: Sides): Float32Array {
  const [, layer, part = name] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
  const [own, place] = placesFor(sides)[part] ?? [name, same];
  const bytes = arrays.get(layer === undefined ? own : `layers.${layer}.${own}`) ?? new Uint8Array();
  if (/weight$|bias$/.test(name)) {
    const vector = new Float32Array(bytes.slice().buffer);
    return vector.map((_, i) => vector[place(i)] ?? Number.NaN);
  }
  const { inner, columns, weights } = unpack(bytes);
  return weights.map((_, i) => weights[(i % inner) * columns + place(Math.floor(i / inner))] ?? Number.NaN);
}

const TINY = path.resolve(import.meta.dirname, '../../fixtures/mlc');
const tiny = (name: string) => JSON.parse(fs.readFileSync(path.join(TINY, name), 'utf8'));

describe('a model in MLC’s format', () => {
  it.each([
    ['llama', 'q4f16_1', true, undefined],
    ['llama', 'q4f32_1', false, undefined],
    ['qwen2', 'q4f16_1', false, undefined],
    ['qwen2', 'q4f32_1', true, 'raw'],
    ['qwen3', 'q4f32_1', true, undefined],
    ['qwen3', 'q4f16_1', true, undefined],
  ] as const)(
    'of %s in %s (tied: %s, floats %s) has every weight to the bit, where the kernels look for it',
    async (family, quantisation, tied, format) => {
      const files = mlcModel(family, quantisation, tied, format);
      const arrays = arraysOf(await convert(files));
      expect(arrays.size).toBe(files.numbers.size);
      for (const [name, numbers] of files.numbers) {
        const read = numbersOf(arrays, name, MLC_SIDES);
        expect([read.length, read.findIndex((value, i) => value !== numbers[i])], name).toEqual([numbers.length, -1]);
      }
    },
  );

  it('that TVM’s own package wrote has every weight as mlc-llm reads it', async () => {
    const shards = new Map([['params_shard_0.bin', new Uint8Array(fs.readFileSync(path.join(TINY, 'params_shard_0.bin')))]]);
    const files = { config: tiny('mlc-chat-config.json'), cache: tiny('tensor-cache.json'), shards, numbers: new Map() };
    const arrays = arraysOf(await convert(files));
    const digests: Record<string, string> = tiny('digests.json');
    expect(arrays.size).toBe(Object.keys(digests).length);
    for (const [name, expected] of Object.entries(digests)) {
      expect(digest(numbersOf(arrays, name, { heads: 2, kvHeads: 1, headDim: 32, feedForward: 128 })), name).toBe(expected);
    }
  });

  it('keeps its own configuration, for a library of ours', async () => {
    const files = mlcModel('llama', 'q4f16_1');
    const [config, tokenizer, ...rest] = await convert(files);
    expect(JSON.parse(new TextDecoder().decode(config?.bytes))).toMatchObject({
      ...{ conv_template: files.config.conv_template, context_window_size: 64, prefill_chunk_size: 32, quantization: 'grouped' },
      model_config: files.config.model_config,
    });
    expect([tokenizer?.path, rest.at(-1)?.path]).toEqual(['resolve/main/tokenizer.json', 'resolve/main/tensor-cache.json']);
  });

  it('is read once, piece by piece, and tells how far it is', async () => {
    const files = mlcModel('llama', 'q4f32_1');
    const total = [...files.shards.values()].reduce((sum, { length }) => sum + length, 0);
    let most = 0;
    const seen: number[] = [];
    await convert(
      files,
      async (file, offset, length) => {
        most = Math.max(most, length);
        return (files.shards.get(file) as Uint8Array).slice(offset, offset + length);
      },
      (bytes) => seen.push(bytes),
    );
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(total);
    expect(most).toBeLessThanOrEqual(1 << 20);
  });

  it('stops where it is asked to', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped');
    const attempt = convert(mlcModel('llama', 'q4f16_1'), undefined, () => controller.abort(reason), controller.signal);
    await expect(attempt).rejects.toBe(reason);
  });

  const SPOILT: readonly (readonly [string, (files: MlcFiles) => void, string])[] = [
    ['a tensor is missing', ({ cache }) => cache.records[0]?.records.shift(), 'has no tensor "model.embed_tokens.q_weight"'],
    ['a tensor has other sides', ({ config }) => Object.assign(config.model_config, { vocab_size: 272 }), 'where the model has 272 × 32'],
    [
      'there is a tensor too many',
      ({ config }) => Object.assign(config.model_config, { num_hidden_layers: 1 }),
      'a tensor "model.layers.1.',
    ],
    ['its list lies about a size', ({ cache }) => Object.assign(cache.records[0]?.records[0] ?? {}, { nbytes: 12 }), 'has 12 bytes, not'],
    ['a tensor is of another type', ({ cache }) => Object.assign(cache.records[0]?.records[0] ?? {}, { dtype: 'int8' }), 'is of type int8'],
    ['a shard is cut short', ({ shards }) => shards.set('params_shard_1.bin', new Uint8Array(9)), 'params_shard_1.bin is cut short'],
    ['a scale is not finite', ({ shards }) => shards.get('params_shard_0.bin')?.fill(0x7f), 'is not finite'],
  ];
  it.each(SPOILT)('is refused by name where %s', async (_, spoil, named) => {
    const files = mlcModel('llama', 'q4f16_1');
    spoil(files);
    const written: string[] = [];
    const failure = await refusalOf(async () => {
      const { shape } = readMlcModel(files.config) as MlcModel;
      for await (const { path } of convertMlc(folderOf(files), shape, LIBRARY, () => {}, new AbortController().signal)) written.push(path);
    });
    expect([failure.code, failure.message]).toEqual(['manifest-invalid', expect.stringContaining(named)]);
    expect(written).not.toContain('resolve/main/tensor-cache.json');
  });
});

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLibrary } from '../../../src/catalog/shapeLibraries';
import type { ConvertedFile } from '../../../src/formats/gguf';
import { convertMlc, type MlcFolder, type MlcModel, readMlcModel, readTensors } from '../../../src/formats/mlc';
import { refusalOf } from '../../support/gguf/refusal';
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

const { heads, kvHeads, headDim, feedForward } = MLC_SIDES;
/** The two halves of a head, side by side: row 0 is column 0, row 32 column 1. */
const paired = (row: number) => {
  const within = row % headDim;
  return row - within + (within < headDim / 2 ? 2 * within : 2 * (within - headDim / 2) + 1);
};
const ofQkv = (row: number) => (row < (heads + kvHeads) * headDim ? paired(row) : row);
const same = (row: number) => row;

/** By the end of mlc-llm's name: what the library calls it, and where a row goes there. */
const PLACES: Readonly<Record<string, readonly [name: string, place: (row: number) => number]>> = {
  'model.embed_tokens': ['emb', same],
  lm_head: ['head', same],
  'model.norm.weight': ['norm', same],
  'self_attn.qkv_proj': ['qkv', ofQkv],
  'self_attn.c_attn': ['qkv', ofQkv],
  'self_attn.c_attn.bias': ['qkv_bias', ofQkv],
  'self_attn.q_norm.weight': ['q_norm', paired],
  'self_attn.k_norm.weight': ['k_norm', paired],
  'self_attn.o_proj': ['o', same],
  // Four of gate, then four of up, and so on.
  'mlp.gate_up_proj': [
    'gu',
    (row) => (row < feedForward ? row + 4 * Math.floor(row / 4) : row - feedForward + 4 * Math.floor((row - feedForward) / 4) + 4),
  ],
  'mlp.down_proj': ['down', same],
  'input_layernorm.weight': ['n1', same],
  'post_attention_layernorm.weight': ['n2', same],
};

function placeOf(name: string): readonly [name: string, place: (row: number) => number] {
  const [, layer, part = name] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
  const [own, place] = PLACES[part] ?? [name, same];
  return [layer === undefined ? own : `layers.${layer}.${own}`, place];
}

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
        const [own, place] = placeOf(name);
        const bytes = arrays.get(own) ?? new Uint8Array();
        if (/weight$|bias$/.test(name)) {
          const vector = new Float32Array(bytes.slice().buffer);
          expect(
            numbers.map((_, i) => vector[place(i)] ?? Number.NaN),
            name,
          ).toEqual(numbers);
          continue;
        }
        const { inner, columns, weights } = unpack(bytes);
        const wrong = numbers.findIndex((value, i) => weights[(i % inner) * columns + place(Math.floor(i / inner))] !== value);
        expect([inner * columns, wrong], name).toEqual([numbers.length, -1]);
      }
    },
  );

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

describe('a library of ours', () => {
  const changed = (fields: object, ofModel: object = {}) => {
    const { config } = mlcModel('llama', 'q4f16_1');
    return { ...config, ...fields, model_config: { ...config.model_config, ...ofModel } };
  };
  const smollm2 = {
    ...{ hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3, head_dim: 64 },
    ...{ vocab_size: 49152, position_embedding_base: 100000, rms_norm_eps: 1e-5, tie_word_embeddings: true },
  };

  it('is found by the shape that the model’s configuration tells', () => {
    expect(readMlcModel(changed({}, smollm2))).toMatchObject({
      shape: { family: 'llama', hidden: 576, layers: 30, heads: 9, kvHeads: 3, headDim: 64, ropeTheta: 100000, tied: true },
      quantisation: 'q4f16_1',
    });
    const scaled = { rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
    expect(readMlcModel(changed({}, { rope_scaling: scaled }))).toMatchObject({ shape: { ropeScaling: { factor: 32, original: 8192 } } });
  });

  it('is told by name, or the reason why no library fits', () => {
    const shapes = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../../public/libraries/index.json'), 'utf8'));
    expect(findLibrary(changed({}, smollm2), shapes)).toMatchObject({
      library: { name: 'smollm2-135m' },
      model: { quantisation: 'q4f16_1' },
    });
    expect(findLibrary(changed({}, { ...smollm2, num_hidden_layers: 29 }), shapes)).toEqual({
      why: 'there is no library for a llama model of 29 layers, 576 wide, with 49152 tokens',
    });
    expect(findLibrary(changed({ quantization: 'q0f16' }, smollm2), shapes)).toEqual({ why: 'its weights are in q0f16' });
  });

  it.each([
    [{ model_type: 'gemma2' }, {}, 'its architecture is "gemma2"'],
    [{ quantization: 'q0f16' }, {}, 'its weights are in q0f16'],
    [{ sliding_window_size: 4096 }, {}, 'its attention has a sliding window'],
    [{}, { rope_scaling: { rope_type: 'yarn' } }, 'it scales its rotary frequencies in a way of its own'],
    [{}, { hidden_act: 'gelu' }, 'its activation is gelu'],
  ])('does not run what differs, and the reason is told: %o %o', (fields, ofModel, why) => {
    expect(readMlcModel(changed(fields, ofModel))).toEqual({ why });
  });

  it('is not looked for where the configuration cannot be read', async () => {
    expect(await refusalOf(() => readMlcModel('<!doctype html>'))).toMatchObject({ code: 'manifest-invalid' });
    const { message } = await refusalOf(() => readMlcModel(changed({}, { hidden_size: 'wide' })));
    expect(message).toContain('model_config.hidden_size');
  });
});

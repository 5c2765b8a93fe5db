import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLibrary } from '../../../src/catalog/shapeLibraries';
import { readMlcModel } from '../../../src/formats/mlc';
import { refusalOf } from '../../support/gguf/refusal';
import { mlcModel } from '../../support/mlc/model';

/** A model's configuration in MLC's format, with some fields changed. */
function config(fields: object, ofModel: object = {}) {
  const { config: own } = mlcModel('llama', 'q4f16_1');
  return { ...own, ...fields, model_config: { ...own.model_config, ...ofModel } };
}

type Sides = readonly [
  hidden: number,
  feedForward: number,
  layers: number,
  heads: number,
  kvHeads: number,
  headDim: number,
  tokens: number,
];
const sides = ([hidden, feedForward, layers, heads, kvHeads, headDim, tokens]: Sides) => ({
  ...{ hidden_size: hidden, intermediate_size: feedForward, num_hidden_layers: layers, num_attention_heads: heads },
  ...{ num_key_value_heads: kvHeads, head_dim: headDim, vocab_size: tokens, tie_word_embeddings: true },
});
const LLAMA3 = { rope_type: 'llama3', factor: 32, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
const UNTIED = { tie_word_embeddings: false };
const smollm = (base: number, ...of: Sides) => ['llama', { ...sides(of), position_embedding_base: base, rms_norm_eps: 1e-5 }] as const;
const llama = (factor: number, ...of: Sides) =>
  [
    'llama',
    { ...sides(of), position_embedding_base: 500000, rms_norm_eps: 1e-5, rope_scaling: { ...LLAMA3, factor }, ...(factor === 8 && UNTIED) },
  ] as const;
const qwen = (type: 'qwen2' | 'qwen3', ...of: Sides) =>
  [type, { ...sides(of), position_embedding_base: 0, rope_theta: 1e6, rms_norm_eps: 1e-6 }] as const;

/** As their makers publish them, and mlc-llm's gen_config writes them. */
const PUBLISHED: Readonly<Record<string, readonly [type: string, ofModel: object]>> = {
  'SmolLM2 135M': smollm(100000, 576, 1536, 30, 9, 3, 64, 49152),
  'SmolLM2 360M': smollm(100000, 960, 2560, 32, 15, 5, 64, 49152),
  'SmolLM2 1.7B': smollm(130000, 2048, 8192, 24, 32, 32, 64, 49152),
  'Llama 3.2 1B': llama(32, 2048, 8192, 16, 32, 8, 64, 128256),
  'Llama 3.2 3B': llama(32, 3072, 8192, 28, 24, 8, 128, 128256),
  'Llama 3.1 8B': llama(8, 4096, 14336, 32, 32, 8, 128, 128256),
  'Qwen2.5 0.5B': qwen('qwen2', 896, 4864, 24, 14, 2, 0, 151936),
  'Qwen2.5 1.5B': qwen('qwen2', 1536, 8960, 28, 12, 2, 0, 151936),
  'Qwen2.5 3B': qwen('qwen2', 2048, 11008, 36, 16, 2, 0, 151936),
  'Qwen2.5 7B': ['qwen2', { ...qwen('qwen2', 3584, 18944, 28, 28, 4, 0, 152064)[1], ...UNTIED }],
  'Qwen3 0.6B': qwen('qwen3', 1024, 3072, 28, 16, 8, 128, 151936),
  'Qwen3 1.7B': qwen('qwen3', 2048, 6144, 28, 16, 8, 128, 151936),
  'Qwen3 4B': qwen('qwen3', 2560, 9728, 36, 32, 8, 128, 151936),
  'Qwen3 8B': ['qwen3', { ...qwen('qwen3', 4096, 12288, 36, 32, 8, 128, 151936)[1], ...UNTIED }],
};

const shapes = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../../public/libraries/index.json'), 'utf8'));
const smollm2 = PUBLISHED['SmolLM2 135M']?.[1] ?? {};

describe('a library of ours', () => {
  it('is there for every model of this table, and for no other', () => {
    expect(shapes.map(({ name }: { name: string }) => name)).toEqual(Object.keys(PUBLISHED));
  });

  it.each(Object.keys(PUBLISHED))('is found for %s by the shape that its configuration tells', (name) => {
    const [type, ofModel] = PUBLISHED[name] ?? ['', {}];
    for (const quantization of ['q4f16_1', 'q4f32_1']) {
      expect(findLibrary(config({ model_type: type, quantization }, ofModel), shapes)).toMatchObject({
        ...{ library: { name }, model: { quantisation: quantization } },
      });
    }
  });

  it('is told to be missing, with the shape', () => {
    expect(findLibrary(config({}, { ...smollm2, num_hidden_layers: 29 }), shapes)).toEqual({
      why: 'there is no library for a llama model of 29 layers, 576 wide, with 49152 tokens',
    });
  });

  it.each([
    [{ model_type: 'gemma2' }, {}, 'its architecture is "gemma2"'],
    [{ quantization: 'q0f16' }, {}, 'its weights are in q0f16'],
    [{ sliding_window_size: 4096 }, {}, 'its attention has a sliding window'],
    [{}, { rope_scaling: { rope_type: 'yarn' } }, 'it scales its rotary frequencies in a way of its own'],
    [{}, { rope_scaling: { ...LLAMA3, high_freq_factor: 2 } }, 'it scales its rotary frequencies in a way of its own'],
    [{}, { hidden_act: 'gelu' }, 'its activation is gelu'],
    [{ model_type: 'qwen3' }, { attention_bias: true }, 'its attention has biases'],
    [{}, { tensor_parallel_shards: 2 }, 'its weights are cut for several devices'],
  ])('does not run what differs, and the reason is told: %o %o', (fields, ofModel, why) => {
    expect(findLibrary(config(fields, { ...smollm2, ...ofModel }), shapes)).toEqual({ why });
  });

  it('is not looked for where the configuration cannot be read', async () => {
    expect(await refusalOf(() => readMlcModel('<!doctype html>'))).toMatchObject({ code: 'manifest-invalid' });
    const { message } = await refusalOf(() => readMlcModel(config({}, { hidden_size: 'wide' })));
    expect(message).toContain('model_config.hidden_size');
  });
});

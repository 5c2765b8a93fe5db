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

/** As their makers publish them, and mlc-llm's gen_config writes them. */
const PUBLISHED: Readonly<Record<string, readonly [type: string, ofModel: object]>> = {
  'SmolLM2 135M': ['llama', { ...sides([576, 1536, 30, 9, 3, 64, 49152]), position_embedding_base: 100000, rms_norm_eps: 1e-5 }],
  'Llama 3.2 1B': [
    'llama',
    { ...sides([2048, 8192, 16, 32, 8, 64, 128256]), position_embedding_base: 500000, rms_norm_eps: 1e-5, rope_scaling: LLAMA3 },
  ],
  'Qwen2.5 0.5B': [
    'qwen2',
    { ...sides([896, 4864, 24, 14, 2, 0, 151936]), position_embedding_base: 0, rope_theta: 1e6, rms_norm_eps: 1e-6 },
  ],
  'Qwen3 0.6B': [
    'qwen3',
    { ...sides([1024, 3072, 28, 16, 8, 128, 151936]), position_embedding_base: 0, rope_theta: 1e6, rms_norm_eps: 1e-6 },
  ],
};

const shapes = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../../public/libraries/index.json'), 'utf8'));
const smollm2 = PUBLISHED['SmolLM2 135M']?.[1] ?? {};

describe('a library of ours', () => {
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

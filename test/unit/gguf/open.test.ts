import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { arraySource, fitLibrary, openGguf, type ShapeLibrary, shapeKey } from '../../../src/formats/gguf';
import { chatConfig } from '../../../src/formats/gguf/config';
import { parseConfig } from '../../../src/model/cpu/weights';
import { type Tensor, type Value, writeGguf } from '../../support/gguf/file';
import { SIDES, smallModel } from '../../support/gguf/model';
import { refusalOf } from '../../support/gguf/refusal';

type Model = ReturnType<typeof smallModel>;
const FILE = path.resolve(import.meta.dirname, '../../fixtures/gguf/tiny.gguf');

/** The small model of llama after `change`, opened. */
async function opened(change: (model: Model) => void = () => {}, family: 'llama' | 'qwen2' | 'qwen3' = 'llama', tied = true) {
  const model = smallModel(family, { all: 'Q4_0' }, tied);
  change(model);
  return openGguf(arraySource(writeGguf(model)));
}

const set =
  (key: string, ...value: Value) =>
  ({ metadata }: Model) =>
    metadata.set(key, value);
const retype = (name: string, type: string) => (model: Model) => {
  model.tensors = model.tensors.map((tensor) => (tensor.name === name ? { ...tensor, type, bytes: new Uint8Array(1 << 18) } : tensor));
};
const add = (tensor: Tensor) => (model: Model) => {
  model.tensors = [...model.tensors, tensor];
};
const floats = (name: string, values: readonly number[]): Tensor => {
  return { name, dimensions: [values.length], type: 'F32', bytes: new Uint8Array(Float32Array.from(values).buffer) };
};

describe('a GGUF file', () => {
  it('that ggml’s own package wrote tells its shape, tokenizer, template and sizes', async () => {
    const bytes = new Uint8Array(fs.readFileSync(FILE));
    const { name, shape, template, fingerprint, sizes } = await openGguf(arraySource(bytes));
    expect(name).toBe('Tiny');
    expect(shapeKey(shape)).toBe('llama-h64-f64-l1-q2-k1-d32-v288-t10000-e0.00001-tied');
    expect(shape.context).toBe(128);
    expect(template.roles.user).toBe('<|im_start|>user\n');
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(sizes.fileBytes).toBe(bytes.length);
    expect(sizes.parameters).toBe(64 * (288 + 64 + 32 + 32 + 64 + 64 + 64 + 64) + 3 * 64);
    expect(sizes.weightBytes).toBeLessThan(bytes.length);
  });

  it.each(['llama', 'qwen2', 'qwen3'] as const)('of %s has the tensors of its family', async (family) => {
    const { shape, parameters } = await opened(undefined, family, false);
    expect(shape).toMatchObject({ family, layers: 2, kvHeads: 2, headDim: 64, ropeTheta: 500000, normEpsilon: 1e-6, tied: false });
    const own = { llama: [], qwen2: ['qkv_bias'], qwen3: ['q_norm', 'k_norm'] }[family];
    const layer = ['qkv', 'o', 'gu', 'down', 'n1', 'n2', ...own].flatMap((name) => [`layers.0.${name}`, `layers.1.${name}`]);
    const names = [...parameters.matrices, ...parameters.vectors].map(({ name }) => name);
    expect(names.sort()).toEqual(['emb', 'head', 'norm', ...layer].sort());
  });

  it('without weights is refused as one of a vocabulary alone', async () => {
    const { code, message } = await refusalOf(() => opened((model) => (model.tensors = [])));
    expect([code, message]).toEqual([
      'gguf-unsupported',
      'This GGUF file cannot run here: it has no weights, as a file of a vocabulary alone.',
    ]);
  });

  it('of Llama 3.1 keeps the scaling of its rotary frequencies', async () => {
    // As llama.cpp writes them for factor 8 (the embedded check): heads of 64, theta 500,000.
    const divisors = Array.from({ length: 32 }, (_, i) => {
      const wavelength = 2 * Math.PI * 500000 ** (i / 32);
      if (wavelength < 8192 / 4) return 1;
      if (wavelength > 8192 / 1) return 8;
      const smooth = (8192 / wavelength - 1) / (4 - 1);
      return 1 / ((1 - smooth) / 8 + smooth);
    });
    const file = await opened(add(floats('rope_freqs.weight', divisors)));
    const { shape } = file;
    const library = { shape: shapeKey(shape), name: 'small', context: 128, prefillChunk: 32 };
    expect(parseConfig(chatConfig(file, library)).model_config.rope_scaling).toEqual(shape.ropeScaling);
    expect(parseConfig(chatConfig(await opened(), library)).model_config.rope_scaling).toBeNull();
    expect(shape.ropeScaling).toEqual({ factor: 8, lowFrequency: 1, highFrequency: 4, original: 8192 });
    expect(shapeKey(shape)).toContain('-t500000-s8-');
    const { code, message } = await refusalOf(() =>
      opened(
        add(
          floats(
            'rope_freqs.weight',
            divisors.map((each) => each ** 2),
          ),
        ),
      ),
    );
    expect([code, message.includes('rotary frequencies')]).toEqual(['gguf-unsupported', true]);
  });

  it.each([
    { what: 'another architecture', change: set('general.architecture', 'string', 'mamba'), says: '"mamba"' },
    { what: 'experts', change: set('llama.expert_count', 'u32', 8), says: 'expert_count' },
    { what: 'a part of several files', change: set('split.count', 'u32', 3), says: 'one part of several' },
    { what: 'stretched rotary frequencies', change: set('llama.rope.scaling.type', 'string', 'yarn'), says: '"yarn"' },
    { what: 'heads that are rotated in part', change: set('llama.rope.dimension_count', 'u32', 32), says: 'in part' },
    { what: 'a type that no kernel reads', change: retype('blk.1.ffn_up.weight', 'IQ4_NL'), says: 'IQ4_NL' },
    { what: 'plain halves', change: retype('blk.0.attn_q.weight', 'F16'), says: 'F16' },
    { what: 'a quantised norm', change: retype('output_norm.weight', 'Q8_0'), says: 'Q8_0' },
    { what: 'a tensor too many', change: add(floats('blk.0.attn_q.bias', Array(256).fill(0))), says: 'attn_q.bias' },
    { what: 'no chat template', change: ({ metadata }: Model) => metadata.delete('tokenizer.chat_template'), says: 'base model' },
  ])('with $what is refused by name, with what to choose', async ({ change, says }) => {
    const { code, message, hint } = await refusalOf(() => opened(change));
    expect(code).toBe('gguf-unsupported');
    expect(message).toContain(says);
    expect(hint).toMatch(/^(Choose|Join) /);
  });

  it.each([
    {
      what: 'without a tensor',
      change: (model: Model) => (model.tensors = model.tensors.filter(({ name }) => name !== 'blk.1.attn_v.weight')),
      says: 'no tensor "blk.1.attn_v.weight"',
    },
    { what: 'whose tensor has another size', change: set('llama.feed_forward_length', 'u32', 256), says: 'ffn_gate.weight" has 256 × 512' },
    { what: 'whose layers are countless', change: set('llama.block_count', 'u32', 4e9), says: 'layers' },
    { what: 'whose heads do not share evenly', change: set('llama.attention.head_count_kv', 'u32', 3), says: 'no multiple' },
    { what: 'without a width', change: ({ metadata }: Model) => metadata.delete('llama.embedding_length'), says: 'embedding_length' },
    { what: 'whose width is a text', change: set('llama.embedding_length', 'string', '256'), says: 'embedding_length' },
    { what: 'whose epsilon is negative', change: set('llama.attention.layer_norm_rms_epsilon', 'f32', -1), says: 'positive' },
  ])('$what is refused', async ({ change, says }) => {
    const { code, message } = await refusalOf(() => opened(change));
    expect(code).toBe('gguf-invalid');
    expect(message).toContain(says);
  });

  it('with more weights for tokens than tokens is refused', async () => {
    const { message } = await refusalOf(() =>
      opened(({ metadata }) => {
        const [, tokens] = metadata.get('tokenizer.ggml.tokens') as readonly ['strings', string[]];
        const [, types] = metadata.get('tokenizer.ggml.token_type') as readonly ['i32s', number[]];
        // The last is a special token that nothing else names.
        metadata.set('tokenizer.ggml.tokens', ['strings', tokens.slice(0, -1)]);
        metadata.set('tokenizer.ggml.token_type', ['i32s', types.slice(0, -1)]);
        metadata.delete('tokenizer.ggml.bos_token_id');
      }),
    );
    expect(message).toContain(`${SIDES.vocabulary - 1} tokens, and weights for ${SIDES.vocabulary}`);
  });
});

describe('a library', () => {
  const library = (shape: string, name: string): ShapeLibrary => ({ shape, name, context: 2048, prefillChunk: 256 });

  it('is found by the shape of the file, whatever its context', async () => {
    const { shape } = await opened();
    const other = await opened(set('llama.context_length', 'u32', 999));
    const libraries = [library('llama-other', 'Other'), library(shapeKey(shape), 'Small')];
    expect(fitLibrary(shape, libraries).name).toBe('Small');
    expect(fitLibrary(other.shape, libraries).name).toBe('Small');
  });

  it('that is missing is told with those that there are, by series', async () => {
    const { shape } = await opened();
    const names = ['SmolLM2 135M', 'SmolLM2 360M', 'Llama 3.2 1B', 'Qwen2.5 0.5B', 'Qwen2.5 7B'];
    const { code, message, hint } = await refusalOf(() =>
      fitLibrary(
        shape,
        names.map((name) => library(name, name)),
      ),
    );
    expect(code).toBe('gguf-unsupported');
    expect(message).toContain('no library for a llama model of 2 layers, 256 wide');
    expect(hint).toBe('Choose a file of one of these models: SmolLM2 135M, 360M; Llama 3.2 1B; Qwen2.5 0.5B, 7B.');
  });
});

import { describe, expect, it } from 'vitest';
import { type Shape, shapeKey } from '../../../src/formats/gguf';
import { formFor, packedWords, partsOf } from '../../../src/formats/gguf/grouped';
import type { TensorInfo } from '../../../src/formats/gguf/header';
import { Facts } from '../../../src/formats/gguf/metadata';
import { planParameters } from '../../../src/formats/gguf/parameters';
import { readShape } from '../../../src/formats/gguf/shape';
import shapes from '../../fixtures/gguf/shapes.json';
import { typeOf } from '../../support/gguf/blocks';

type Published = (typeof shapes)[keyof typeof shapes];

function familyOf({ biases, head_norms: headNorms }: Published): Shape['family'] {
  return biases ? 'qwen2' : headNorms ? 'qwen3' : 'llama';
}

/** What the file of such a model says of itself, as llama.cpp's converter writes it. */
function factsOf(published: Published): Facts {
  const family = familyOf(published);
  return new Facts(
    new Map<string, string | number>([
      ['general.architecture', family],
      [`${family}.embedding_length`, published.hidden],
      [`${family}.feed_forward_length`, published.feed_forward],
      [`${family}.block_count`, published.layers],
      [`${family}.attention.head_count`, published.heads],
      [`${family}.attention.head_count_kv`, published.kv_heads],
      [`${family}.attention.key_length`, published.head_dim],
      [`${family}.attention.value_length`, published.head_dim],
      [`${family}.attention.layer_norm_rms_epsilon`, Math.fround(published.norm_epsilon)],
      [`${family}.rope.freq_base`, published.rope_theta],
      [`${family}.context_length`, 8192],
    ]),
  );
}

/** The divisors that llama.cpp keeps of Llama 3's scaling; null where the model has no scaling. */
function frequenciesOf({ rope_scaling: scaling, rope_theta: theta, head_dim: headDim }: Published): Float32Array | null {
  if (!scaling) return null;
  const { factor, low, high, original } = scaling;
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * i) / headDim);
    if (wavelength < original / high) return 1;
    if (wavelength > original / low) return factor;
    const smooth = (original / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

function tensorsOf(published: Published): Map<string, TensorInfo> {
  const { hidden, feed_forward: feedForward, heads, kv_heads: kvHeads, head_dim: headDim, vocabulary } = published;
  const [queries, keys] = [heads * headDim, kvHeads * headDim];
  const layer: Record<string, number[]> = {
    'attn_norm.weight': [hidden],
    'attn_q.weight': [hidden, queries],
    'attn_k.weight': [hidden, keys],
    'attn_v.weight': [hidden, keys],
    'attn_output.weight': [queries, hidden],
    'ffn_norm.weight': [hidden],
    'ffn_gate.weight': [hidden, feedForward],
    'ffn_up.weight': [hidden, feedForward],
    'ffn_down.weight': [feedForward, hidden],
    ...(published.biases && { 'attn_q.bias': [queries], 'attn_k.bias': [keys], 'attn_v.bias': [keys] }),
    ...(published.head_norms && { 'attn_q_norm.weight': [headDim], 'attn_k_norm.weight': [headDim] }),
  };
  const sides: Record<string, number[]> = {
    'token_embd.weight': [hidden, vocabulary],
    'output_norm.weight': [hidden],
    ...(!published.tied && { 'output.weight': [hidden, vocabulary] }),
    ...(published.rope_scaling && { 'rope_freqs.weight': [headDim / 2] }),
  };
  for (let i = 0; i < published.layers; i++) {
    for (const [name, dimensions] of Object.entries(layer)) sides[`blk.${i}.${name}`] = dimensions;
  }
  return new Map(
    Object.entries(sides).map(([name, dimensions]) => [
      name,
      { name, dimensions, type: typeOf(dimensions.length > 1 ? 'Q8_0' : 'F32'), offset: 0, bytes: 0 },
    ]),
  );
}

describe('the file of', () => {
  it.each(Object.entries(shapes))('%s asks for the library that is compiled for it, and can be packed', (_, published) => {
    const tensors = tensorsOf(published);
    const shape = readShape(factsOf(published), tensors, frequenciesOf(published));
    expect(shapeKey(shape)).toBe(published.key);
    const { matrices } = planParameters(shape, tensors);
    expect(matrices).toHaveLength(4 * published.layers + (published.tied ? 1 : 2));
    for (const { inner, columns, sources } of matrices) {
      const parts = partsOf(inner, columns);
      expect(4 * packedWords(formFor(sources.map(({ type }) => type)), inner, columns)).toBeLessThanOrEqual(parts * (128 << 20));
    }
  });
});

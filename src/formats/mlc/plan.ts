import { canPack } from '../gguf/grouped';
import { type LayoutEntry, layoutOf } from '../gguf/layout';
import type { Shape } from '../gguf/shape';
import { invalid } from './refusals';
import type { MlcTensor } from './tensors';

/** A matrix: words of codes, and scales. */
export interface MlcMatrix extends LayoutEntry {
  readonly inner: number;
  readonly columns: number;
  readonly words: MlcTensor;
  readonly scales: MlcTensor;
}

export interface MlcVector extends LayoutEntry {
  readonly numbers: MlcTensor;
}

/** The library's parameters, each with the tensors that it is made of. */
export interface MlcParameters {
  readonly matrices: readonly MlcMatrix[];
  readonly vectors: readonly MlcVector[];
}

/** mlc-llm's names, without `model.layers.N.` before those of a layer. q, k and v are one matrix there too, and so are gate and up. */
const NAMES: Readonly<Record<string, string>> = {
  emb: 'model.embed_tokens',
  head: 'lm_head',
  norm: 'model.norm.weight',
  qkv: 'self_attn.c_attn',
  qkv_bias: 'self_attn.c_attn.bias',
  q_norm: 'self_attn.q_norm.weight',
  k_norm: 'self_attn.k_norm.weight',
  o: 'self_attn.o_proj',
  gu: 'mlp.gate_up_proj',
  down: 'mlp.down_proj',
  n1: 'input_layernorm.weight',
  n2: 'post_attention_layernorm.weight',
};

/**
 * Where each parameter of a library for `shape` comes from. Each tensor is checked: it is there, in its size and in a type that can be read, and there
 * are no others.
 *
 * @throws FailureError manifest-invalid
 */
export function planTensors(shape: Shape, tensors: ReadonlyMap<string, MlcTensor>): MlcParameters {
  const unused = new Set(tensors.keys());
  const take = (name: string, sides: readonly number[], types: readonly string[]) => {
    const tensor = tensors.get(name);
    if (!tensor) throw invalid(`it has no tensor "${name}"`);
    if (tensor.shape.join() !== sides.join()) {
      throw invalid(`its tensor "${name}" has the sides ${tensor.shape.join(' × ')}, where the model has ${sides.join(' × ')}`);
    }
    if (!types.includes(tensor.stored)) throw invalid(`its tensor "${name}" is stored as ${tensor.stored}`);
    unused.delete(name);
    return tensor;
  };
  const matrices: MlcMatrix[] = [];
  const vectors: MlcVector[] = [];
  // Rows are in Hugging Face's order.
  for (const entry of layoutOf(shape, true)) {
    const rows = entry.parts.reduce((sum, part) => sum + part.rows, 0);
    const name = nameOf(entry, shape);
    const { inner } = entry;
    if (inner === null) {
      vectors.push({ ...entry, numbers: take(name, [rows], NUMBERS) });
      continue;
    }
    if (!canPack(inner, rows)) throw invalid(`"${name}" has ${inner} by ${rows} weights, and kernels take multiples of 64 by 16`);
    const words = take(`${name}.q_weight`, [rows, inner / 8], ['u32']);
    matrices.push({ ...entry, inner, columns: rows, words, scales: take(`${name}.q_scale`, [rows, inner / 32], NUMBERS) });
  }
  const [more] = unused;
  if (more !== undefined) throw invalid(`it has a tensor "${more}", which models of its kind do not have`);
  return { matrices, vectors };
}

const NUMBERS = ['f16', 'bf16', 'f32'];

function nameOf({ kind, layer }: LayoutEntry, { family }: Shape): string {
  const name = kind === 'qkv' && family === 'llama' ? 'self_attn.qkv_proj' : (NAMES[kind] ?? kind);
  return layer === null ? name : `model.layers.${layer}.${name}`;
}

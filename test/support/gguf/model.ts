import { randomBlocks, typeOf } from './blocks';
import type { Tensor, Value } from './file';

const CHATML = `{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`;
export const SIDES = { hidden: 256, feedForward: 512, heads: 4, kvHeads: 2, layers: 2, vocabulary: 288 };

/** A type for all matrices, and others for some of them. */
export type Types = { readonly all: string } & Partial<Record<'token_embd' | 'output' | 'attn_q' | 'attn_k' | 'attn_v' | 'ffn_up', string>>;

/** A small sound model of `family` with random weights, which a test may spoil. */
export function smallModel(family: 'llama' | 'qwen2' | 'qwen3', types: Types, tied = true) {
  return { metadata: metadataOf(family), tensors: tensorsOf(family, types, tied) };
}

/** Names of the 256 bytes, merges of neighbours among them, and special tokens. */
function vocabulary() {
  const shown = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const hidden = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !shown(byte));
  const letters = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(shown(byte) ? byte : 256 + hidden.indexOf(byte)));
  const merges = Array.from({ length: 29 }, (_, i) => `${letters[60 + i]} ${letters[61 + i]}`);
  const special = ['<|im_start|>', '<|im_end|>', '<|endoftext|>'];
  const tokens = [...letters, ...merges.map((merge) => merge.replace(' ', '')), ...special];
  return { tokens, merges, types: tokens.map((token) => (special.includes(token) ? 3 : 1)) };
}

function metadataOf(family: string): Map<string, Value> {
  const { tokens, merges, types } = vocabulary();
  const u32 = (value: number): Value => ['u32', value];
  return new Map<string, Value>([
    ['general.architecture', ['string', family]],
    ['general.name', ['string', 'Small']],
    [`${family}.context_length`, u32(128)],
    [`${family}.embedding_length`, u32(SIDES.hidden)],
    [`${family}.block_count`, u32(SIDES.layers)],
    [`${family}.feed_forward_length`, u32(SIDES.feedForward)],
    [`${family}.attention.head_count`, u32(SIDES.heads)],
    [`${family}.attention.head_count_kv`, u32(SIDES.kvHeads)],
    [`${family}.attention.layer_norm_rms_epsilon`, ['f32', 1e-6]],
    [`${family}.rope.freq_base`, ['f32', 500000]],
    ['tokenizer.ggml.model', ['string', 'gpt2']],
    ['tokenizer.ggml.pre', ['string', 'qwen2']],
    ['tokenizer.ggml.tokens', ['strings', tokens]],
    ['tokenizer.ggml.token_type', ['i32s', types]],
    ['tokenizer.ggml.merges', ['strings', merges]],
    ['tokenizer.ggml.bos_token_id', u32(tokens.indexOf('<|endoftext|>'))],
    ['tokenizer.ggml.eos_token_id', u32(tokens.indexOf('<|im_end|>'))],
    ['tokenizer.chat_template', ['string', CHATML]],
  ]);
}

function tensorsOf(family: string, types: Types, tied: boolean): Tensor[] {
  const { hidden, feedForward, heads, kvHeads, layers } = SIDES;
  const headDim = hidden / heads;
  let seed = 1;
  const random = (name: string, type: string, ...dimensions: number[]): Tensor => {
    const weights = dimensions.reduce((product, side) => product * side, 1);
    return { name, dimensions, type, bytes: randomBlocks(type, seed++, weights / typeOf(type).weights) };
  };
  const matrix = (name: string, inner: number, rows: number) => {
    const part = name.split('.').at(-2) as keyof Types;
    return random(name, types[part] ?? types.all, inner, rows);
  };
  const vector = (name: string, length: number) => random(name, 'F32', length);
  const layer = (at: string): Tensor[] => [
    vector(`${at}attn_norm.weight`, hidden),
    matrix(`${at}attn_q.weight`, hidden, hidden),
    matrix(`${at}attn_k.weight`, hidden, kvHeads * headDim),
    matrix(`${at}attn_v.weight`, hidden, kvHeads * headDim),
    ...(family === 'qwen2'
      ? ['q', 'k', 'v'].map((part) => vector(`${at}attn_${part}.bias`, part === 'q' ? hidden : kvHeads * headDim))
      : []),
    ...(family === 'qwen3' ? ['q', 'k'].map((part) => vector(`${at}attn_${part}_norm.weight`, headDim)) : []),
    matrix(`${at}attn_output.weight`, hidden, hidden),
    vector(`${at}ffn_norm.weight`, hidden),
    matrix(`${at}ffn_gate.weight`, hidden, feedForward),
    matrix(`${at}ffn_up.weight`, hidden, feedForward),
    matrix(`${at}ffn_down.weight`, feedForward, hidden),
  ];
  return [
    matrix('token_embd.weight', hidden, SIDES.vocabulary),
    ...Array.from({ length: layers }, (_, i) => layer(`blk.${i}.`)).flat(),
    vector('output_norm.weight', hidden),
    ...(tied ? [] : [matrix('output.weight', hidden, SIDES.vocabulary)]),
  ];
}

import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { half } from '../../../src/formats/gguf/floats';
import { randomNumbers } from '../random';

/**
 * A small model in MLC's format with random weights, written after mlc-llm's own sources (quantization/group_quantization.py, model/llama, qwen2, qwen3) and
 * TVM's dump_tensor_cache, and not after the code that reads it.
 */
export interface MlcFiles {
  readonly config: Record<string, unknown> & { model_config: Record<string, unknown> };
  readonly cache: { metadata: object; records: MlcShard[] };
  readonly shards: Map<string, Uint8Array>;
  /** The numbers of each tensor, by its name without `.q_weight`; rows one after another. */
  readonly numbers: ReadonlyMap<string, Float32Array>;
}

interface MlcShard {
  dataPath: string;
  format: string;
  nbytes: number;
  md5sum: string;
  records: { name: string; shape: number[]; dtype: string; format: string; nbytes: number; byteOffset: number }[];
}

export type MlcQuantisation = 'q4f16_1' | 'q4f32_1';
type Family = 'llama' | 'qwen2' | 'qwen3';

export const MLC_SIDES = { hidden: 256, feedForward: 512, heads: 4, kvHeads: 2, headDim: 64, layers: 2, vocabulary: 288 };
/** So that a model has several shards, some with several tensors. */
const SHARD_BYTES = 96 << 10;

/** @param format in which TVM was asked to write, which every tensor is marked with, and which only float32 numbers are in: their upper halves */
export function mlcModel(family: Family, quantisation: MlcQuantisation, tied = true, format = 'f32-to-bf16'): MlcFiles {
  const { hidden, feedForward, heads, kvHeads, headDim, layers, vocabulary } = MLC_SIDES;
  const writer = new Writer([quantisation === 'q4f16_1' ? 'float16' : 'float32', format]);
  const heads3 = (heads + 2 * kvHeads) * headDim;
  const qkv = family === 'llama' ? 'qkv_proj' : 'c_attn';
  writer.matrix('model.embed_tokens', vocabulary, hidden);
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}.`;
    writer.vector(`${at}input_layernorm.weight`, hidden);
    writer.matrix(`${at}mlp.down_proj`, hidden, feedForward);
    writer.matrix(`${at}mlp.gate_up_proj`, 2 * feedForward, hidden);
    writer.vector(`${at}post_attention_layernorm.weight`, hidden);
    if (family === 'qwen2') writer.vector(`${at}self_attn.${qkv}.bias`, heads3);
    writer.matrix(`${at}self_attn.${qkv}`, heads3, hidden);
    if (family === 'qwen3') for (const part of ['q', 'k']) writer.vector(`${at}self_attn.${part}_norm.weight`, headDim);
    writer.matrix(`${at}self_attn.o_proj`, hidden, heads * headDim);
  }
  writer.vector('model.norm.weight', hidden);
  if (!tied) writer.matrix('lm_head', vocabulary, hidden);
  const rope = family === 'llama' ? { position_embedding_base: 500000, rope_scaling: null } : { rope_theta: 500000, hidden_act: 'silu' };
  const config = {
    ...{ version: '0.1.0', model_type: family, quantization: quantisation, vocab_size: vocabulary },
    ...{
      context_window_size: 128,
      sliding_window_size: -1,
      attention_sink_size: -1,
      prefill_chunk_size: 128,
      tokenizer_files: ['tokenizer.json'],
    },
    conv_template: { roles: { user: 'u', assistant: 'a' }, seps: ['\n'] },
    model_config: {
      ...{ hidden_size: hidden, intermediate_size: feedForward, num_attention_heads: heads, num_hidden_layers: layers, rms_norm_eps: 1e-6 },
      ...{ vocab_size: vocabulary, tie_word_embeddings: tied, context_window_size: 128, prefill_chunk_size: 128 },
      ...{ num_key_value_heads: kvHeads, head_dim: headDim, tensor_parallel_shards: 1, max_batch_size: 128, ...rope },
      ...(family === 'qwen3' ? { attention_bias: false } : {}),
    },
  };
  return { config, ...writer.end() };
}

class Writer {
  readonly numbers = new Map<string, Float32Array>();
  readonly #shards = new Map<string, Uint8Array>();
  readonly #records: MlcShard[] = [];
  #waiting: { name: string; shape: number[]; dtype: string; format: string; bytes: Uint8Array }[] = [];
  #random = randomNumbers(7);

  constructor(readonly number: readonly [dtype: string, format: string]) {}

  /** Layout NK: rows of words, eight nibbles in each, the first one lowest; a scale for every 32. */
  matrix(name: string, rows: number, inner: number): void {
    const words = Uint32Array.from({ length: (rows * inner) / 8 }, () => this.#random() * 2 ** 32);
    const [bytes, scales] = this.#floats((rows * inner) / 32);
    const weights = new Float32Array(rows * inner);
    for (let i = 0; i < weights.length; i++) {
      const nibble = ((words[Math.floor(i / 8)] ?? 0) >>> (4 * (i % 8))) & 15;
      weights[i] = (nibble - 7) * (scales[Math.floor(i / 32)] ?? 0);
    }
    this.numbers.set(name, weights);
    this.#put({
      name: `${name}.q_weight`,
      shape: [rows, inner / 8],
      dtype: 'uint32',
      format: this.number[1],
      bytes: new Uint8Array(words.buffer),
    });
    this.#put({ name: `${name}.q_scale`, shape: [rows, inner / 32], dtype: this.number[0], format: this.number[1], bytes });
  }

  vector(name: string, length: number): void {
    const [bytes, numbers] = this.#floats(length);
    this.numbers.set(name, numbers);
    this.#put({ name, shape: [length], dtype: this.number[0], format: this.number[1], bytes });
  }

  end() {
    this.#flush();
    return { cache: { metadata: { ParamSize: 0 }, records: this.#records }, shards: this.#shards, numbers: this.numbers };
  }

  /** Random numbers as they are stored, and what they are. */
  #floats(length: number): [bytes: Uint8Array, numbers: Float32Array] {
    const [dtype, format] = this.number;
    const numbers = Float32Array.from({ length }, () => (this.#random() - 0.4) / 8);
    if (dtype === 'float32' && format === 'raw') return [new Uint8Array(numbers.buffer.slice(0)), numbers];
    const bytes = new Uint8Array(2 * length);
    const view = new DataView(bytes.buffer);
    const bits = new Uint32Array(numbers.buffer);
    for (let i = 0; i < length; i++) {
      if (dtype === 'float16') {
        // A finite float16, some of them subnormal.
        view.setUint16(2 * i, (this.#random() * 2 ** 16) & 0xbbff, true);
        numbers[i] = half(bytes, 2 * i);
        continue;
      }
      view.setUint16(2 * i, (bits[i] ?? 0) >>> 16, true);
      bits[i] = (bits[i] ?? 0) & 0xffff0000;
    }
    return [bytes, numbers];
  }

  #put(tensor: { name: string; shape: number[]; dtype: string; format: string; bytes: Uint8Array }): void {
    const waiting = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (waiting > 0 && waiting + tensor.bytes.length > SHARD_BYTES) this.#flush();
    this.#waiting.push(tensor);
  }

  #flush(): void {
    const dataPath = `params_shard_${this.#records.length}.bin`;
    const all = new Uint8Array(this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let byteOffset = 0;
    const records = this.#waiting.map(({ bytes, ...tensor }) => {
      const record = { ...tensor, nbytes: bytes.length, byteOffset };
      all.set(bytes, byteOffset);
      byteOffset += bytes.length;
      return record;
    });
    this.#records.push({ dataPath, format: 'raw-shard', nbytes: byteOffset, md5sum: bytesToHex(md5(all)), records });
    this.#shards.set(dataPath, all);
    this.#waiting = [];
  }
}

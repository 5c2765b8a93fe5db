/**
 * A plain forward of the embedded models in double precision: the independent reference for the compiled libraries. It
 * reads the weights as they are shipped (packed bfloat16, norms folded in, rotated pairs in neighbouring columns).
 */

interface TensorRecord {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly format: string;
  readonly byteOffset: number;
  readonly nbytes: number;
}
interface TensorCache {
  readonly records: readonly { readonly dataPath: string; readonly records: readonly TensorRecord[] }[];
}
interface ModelConfig {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly rope_theta: number;
  readonly rms_norm_eps: number;
  readonly vocab_size: number;
}

export class PlainForward {
  readonly vocabulary: number;
  readonly #config: ModelConfig;
  readonly #weights: ReadonlyMap<string, Float32Array>;
  /** Per layer, keys and values of every token so far, each [kv heads * head dim]. */
  readonly #keys: Float64Array[][];
  readonly #values: Float64Array[][];

  private constructor(config: ModelConfig, weights: ReadonlyMap<string, Float32Array>) {
    this.#config = config;
    this.#weights = weights;
    this.vocabulary = config.vocab_size;
    this.#keys = Array.from({ length: config.num_hidden_layers }, () => []);
    this.#values = Array.from({ length: config.num_hidden_layers }, () => []);
  }

  /** @param modelUrl the model's folder, with its final slash */
  static async load(modelUrl: string): Promise<PlainForward> {
    const fetchJson = async (name: string) => (await fetch(new URL(`resolve/main/${name}`, modelUrl))).json();
    const { model_config } = (await fetchJson('mlc-chat-config.json')) as { model_config: ModelConfig };
    const cache = (await fetchJson('tensor-cache.json')) as TensorCache;
    const weights = new Map<string, Float32Array>();
    for (const shard of cache.records) {
      const bytes = await (await fetch(new URL(`resolve/main/${shard.dataPath}`, modelUrl))).arrayBuffer();
      for (const record of shard.records) weights.set(record.name, unpack(bytes, record));
    }
    return new PlainForward(model_config, weights);
  }

  get length(): number {
    return this.#keys[0]?.length ?? 0;
  }

  truncate(length: number): void {
    for (const list of [...this.#keys, ...this.#values]) list.length = Math.min(list.length, length);
  }

  /** Logits [vocabulary] after each of `ids`, which continue what was seen before. */
  forward(ids: readonly number[]): Float64Array[] {
    return ids.map((id) => this.#step(id));
  }

  #step(id: number): Float64Array {
    const { hidden_size: width, num_hidden_layers, intermediate_size: inner } = this.#config;
    const position = this.length;
    let x: Float64Array = Float64Array.from(this.#weight('emb').subarray(id * width, (id + 1) * width));
    for (let layer = 0; layer < num_hidden_layers; layer++) {
      const attended = this.#attend(layer, multiply(this.#norm(x), this.#weight(`layers.${layer}.qkv`)), position);
      x = add(x, multiply(attended, this.#weight(`layers.${layer}.o`)));
      const both = multiply(this.#norm(x), this.#weight(`layers.${layer}.gu`));
      // Four of the gate and the same four of up, in turns.
      const gated = Float64Array.from({ length: inner }, (_, i) => {
        const at = Math.floor(i / 4) * 8 + (i % 4);
        const gate = both[at] as number;
        return (gate / (1 + Math.exp(-gate))) * (both[at + 4] as number);
      });
      x = add(x, multiply(gated, this.#weight(`layers.${layer}.down`)));
    }
    return multiply(this.#norm(x), this.#weight('head'));
  }

  /** Rotates and appends, then attends: `qkv` is one row, q heads, k heads, v heads. */
  #attend(layer: number, qkv: Float64Array, position: number): Float64Array {
    const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim, rope_theta } = this.#config;
    for (let column = 0; column < (heads + kvHeads) * dim; column += 2) {
      const angle = position * rope_theta ** (-(column % dim) / dim);
      const [a, b] = [qkv[column] as number, qkv[column + 1] as number];
      qkv[column] = a * Math.cos(angle) - b * Math.sin(angle);
      qkv[column + 1] = b * Math.cos(angle) + a * Math.sin(angle);
    }
    const keys = this.#keys[layer] as Float64Array[];
    const values = this.#values[layer] as Float64Array[];
    keys.push(qkv.slice(heads * dim, (heads + kvHeads) * dim));
    values.push(qkv.slice((heads + kvHeads) * dim));
    const out = new Float64Array(heads * dim);
    for (let head = 0; head < heads; head++) {
      const group = Math.floor(head / (heads / kvHeads)) * dim;
      const scores = keys.map((key) => {
        let dot = 0;
        for (let i = 0; i < dim; i++) dot += (qkv[head * dim + i] as number) * (key[group + i] as number);
        return dot / Math.sqrt(dim);
      });
      const top = scores.reduce((a, b) => Math.max(a, b));
      const weights = scores.map((score) => Math.exp(score - top));
      const total = weights.reduce((a, b) => a + b);
      values.forEach((value, j) => {
        const share = (weights[j] as number) / total;
        for (let i = 0; i < dim; i++) out[head * dim + i] = (out[head * dim + i] as number) + share * (value[group + i] as number);
      });
    }
    return out;
  }

  #norm(x: Float64Array): Float64Array {
    const square = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    const scale = 1 / Math.sqrt(square + this.#config.rms_norm_eps);
    return x.map((value) => value * scale);
  }

  #weight(name: string): Float32Array {
    const weight = this.#weights.get(name);
    if (!weight) throw new Error(`no weight "${name}"; there are ${[...this.#weights.keys()].join(', ')}`);
    return weight;
  }
}

/** row [in] times matrix [in, out] */
function multiply(row: Float64Array, matrix: Float32Array): Float64Array {
  const columns = matrix.length / row.length;
  const out = new Float64Array(columns);
  for (let i = 0; i < row.length; i++) {
    const factor = row[i] as number;
    const offset = i * columns;
    for (let j = 0; j < columns; j++) out[j] = (out[j] as number) + factor * (matrix[offset + j] as number);
  }
  return out;
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + (b[i] as number));
}

function unpack(bytes: ArrayBuffer, { name, format, byteOffset, nbytes, shape, dtype }: TensorRecord): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const part = bytes.slice(byteOffset, byteOffset + nbytes);
  if (dtype === 'uint32' && shape.length === 4 && nbytes === 4 * size) return unpackBlocks(new Uint32Array(part), shape);
  if (dtype === 'float32' && format === 'f32-to-bf16' && nbytes === 2 * size) {
    return new Float32Array(Uint32Array.from(new Uint16Array(part), (half) => half << 16).buffer);
  }
  throw new Error(`${name}: unexpected ${dtype} in format ${format} with ${nbytes} bytes`);
}

/** Bfloat16 pairs [in / 4, out / 4, 2, 4] -> [in, out]: word (h, c) of block (i, j) holds rows 4i + 2h and 4i + 2h + 1 of column 4j + c. */
function unpackBlocks(words: Uint32Array, [inner = 0, outer = 0]: readonly number[]): Float32Array {
  const bits = new Uint32Array(words.length * 2);
  words.forEach((word, at) => {
    const block = at >> 3;
    const row = Math.floor(block / outer) * 4 + ((at >> 2) & 1) * 2;
    const column = (block % outer) * 4 + (at & 3);
    bits[row * outer * 4 + column] = word << 16;
    bits[(row + 1) * outer * 4 + column] = word & 0xffff0000;
  });
  if (inner * outer * 8 !== words.length) throw new Error('a packed matrix of an unexpected shape');
  return new Float32Array(bits.buffer);
}

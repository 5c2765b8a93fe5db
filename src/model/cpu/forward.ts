import type { TokenId } from '../../core/types';
import { cannotRun, checkIds, type Forward, type Rotation, rotation, type WantedRows } from './port';
import type { ModelConfig, Weights } from './weights';

/**
 * A forward of the embedded pair's models (Llama-style: RMSNorm, rotary embedding, grouped-query attention, SwiGLU) in plain TypeScript. Weights are
 * as shipped, sums are in double precision, and each row is summed in one order however many rows there are: what runs where there is neither WebGPU nor
 * SIMD in WebAssembly, and the reference that the compiled libraries and the kernels in WebAssembly are tested against.
 */
export class CpuForward implements Forward {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly #config: ModelConfig;
  readonly #weights: Weights;
  readonly #layers: readonly Layer[];
  readonly #rotation: Rotation;
  #length = 0;
  #hidden = new Float64Array();

  /** @throws FailureError library-incompatible where a matrix is missing or has another size than `config` says */
  constructor(config: ModelConfig, weights: Weights) {
    const { hidden_size: hidden, intermediate_size: inner, num_attention_heads: heads, num_key_value_heads: kvHeads } = config.model_config;
    const { head_dim: dim, num_hidden_layers: layers } = config.model_config;
    this.#config = config;
    this.#weights = weights;
    this.vocabularySize = config.vocab_size;
    this.contextLength = config.context_window_size;
    this.#rotation = rotation(this.contextLength, config.model_config);
    const matrix = (name: string, size: number) => sized(weights, name, size);
    matrix('emb', this.vocabularySize * hidden);
    matrix('head', hidden * this.vocabularySize);
    this.#layers = Array.from({ length: layers }, (_, layer) => ({
      qkv: matrix(`layers.${layer}.qkv`, hidden * (heads + 2 * kvHeads) * dim),
      o: matrix(`layers.${layer}.o`, heads * dim * hidden),
      gateUp: matrix(`layers.${layer}.gu`, hidden * 2 * inner),
      down: matrix(`layers.${layer}.down`, inner * hidden),
      keys: new Float64Array(this.contextLength * kvHeads * dim),
      values: new Float64Array(this.contextLength * kvHeads * dim),
    }));
  }

  /** The same weights with a cache of their own. */
  sibling(): CpuForward {
    return new CpuForward(this.#config, this.#weights);
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.#length;
  }

  /** What the last layer made of each row of the last forward, before the last norm: f64 [rows, hidden size]. */
  get hidden(): Float64Array {
    return this.#hidden;
  }

  get threads(): number {
    return 1;
  }

  /** It has no other threads. */
  close(): void {}

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  forward(ids: readonly TokenId[], want: WantedRows): Float32Array[] {
    checkIds(this, ids);
    const { hidden_size: hidden, rms_norm_eps: epsilon } = this.#config.model_config;
    const rows = ids.length;
    const x = new Float64Array(rows * hidden);
    const embedding = this.#weights.get('emb') as Float32Array;
    ids.forEach((id, row) => {
      for (let i = 0; i < hidden; i++) x[row * hidden + i] = embedding[i * this.vocabularySize + id] as number;
    });
    for (const layer of this.#layers) {
      const attended = this.#attend(layer, multiply(normalise(x, rows, epsilon), rows, layer.qkv), rows);
      add(x, multiply(attended, rows, layer.o));
      add(x, multiply(gate(multiply(normalise(x, rows, epsilon), rows, layer.gateUp)), rows, layer.down));
    }
    this.#length += rows;
    this.#hidden = x;
    const last = want === 'last-row' ? x.subarray((rows - 1) * hidden) : x;
    const wanted = last.length / hidden;
    const logits = multiply(normalise(last, wanted, epsilon), wanted, this.#weights.get('head') as Float32Array);
    const { vocabularySize } = this;
    return Array.from({ length: wanted }, (_, row) => Float32Array.from(logits.subarray(row * vocabularySize, (row + 1) * vocabularySize)));
  }

  /** Rotates queries and keys, appends keys and values to the cache, and attends. @param qkv [rows, q heads, k heads, v heads] */
  #attend({ keys, values }: Layer, qkv: Float64Array, rows: number): Float64Array {
    const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim } = this.#config.model_config;
    const [width, kvWidth] = [(heads + 2 * kvHeads) * dim, kvHeads * dim];
    const out = new Float64Array(rows * heads * dim);
    const scores = new Float64Array(this.#length + rows);
    const perGroup = heads / kvHeads;
    const scale = 1 / Math.sqrt(dim);
    for (let row = 0; row < rows; row++) {
      const position = this.#length + row;
      const own = qkv.subarray(row * width, (row + 1) * width);
      rotate(own.subarray(0, (heads + kvHeads) * dim), position, dim / 2, this.#rotation);
      keys.set(own.subarray(heads * dim, (heads + kvHeads) * dim), position * kvWidth);
      values.set(own.subarray((heads + kvHeads) * dim), position * kvWidth);
      for (let head = 0; head < heads; head++) {
        const group = Math.floor(head / perGroup) * dim;
        let top = Number.NEGATIVE_INFINITY;
        for (let at = 0; at <= position; at++) {
          let dot = 0;
          const key = at * kvWidth + group;
          for (let i = 0; i < dim; i++) dot += (own[head * dim + i] as number) * (keys[key + i] as number);
          scores[at] = dot * scale;
          top = Math.max(top, dot * scale);
        }
        let total = 0;
        for (let at = 0; at <= position; at++) {
          scores[at] = Math.exp((scores[at] as number) - top);
          total += scores[at] as number;
        }
        const into = out.subarray((row * heads + head) * dim, (row * heads + head + 1) * dim);
        for (let at = 0; at <= position; at++) {
          const share = (scores[at] as number) / total;
          const value = at * kvWidth + group;
          for (let i = 0; i < dim; i++) into[i] = (into[i] as number) + share * (values[value + i] as number);
        }
      }
    }
    return out;
  }
}

/** One layer's matrices, [in, out], and what it keeps of every position: [context, kv heads, head dim]. */
interface Layer {
  readonly qkv: Float32Array;
  readonly o: Float32Array;
  readonly gateUp: Float32Array;
  readonly down: Float32Array;
  readonly keys: Float64Array;
  readonly values: Float64Array;
}

/** Rotates neighbouring columns of every head of `row` by the angles of `position`. @param pairs of a head */
function rotate(row: Float64Array, position: number, pairs: number, { cos, sin }: Rotation): void {
  for (let pair = 0; 2 * pair < row.length; pair++) {
    const angle = position * pairs + (pair % pairs);
    const [a, b] = [row[2 * pair] as number, row[2 * pair + 1] as number];
    const [c, s] = [cos[angle] as number, sin[angle] as number];
    row[2 * pair] = a * c - b * s;
    row[2 * pair + 1] = b * c + a * s;
  }
}

/** Each of `rows` rows over the root of its mean square. */
function normalise(x: Float64Array, rows: number, epsilon: number): Float64Array {
  const width = x.length / rows;
  const out = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = row * width; i < (row + 1) * width; i++) square += (x[i] as number) ** 2;
    const scale = 1 / Math.sqrt(square / width + epsilon);
    for (let i = row * width; i < (row + 1) * width; i++) out[i] = (x[i] as number) * scale;
  }
  return out;
}

/** silu(gate) · up, where four columns of the gate and the same four of up take turns. */
function gate(both: Float64Array): Float64Array {
  const out = new Float64Array(both.length / 2);
  for (let i = 0; i < out.length; i++) {
    const at = (i >> 2) * 8 + (i & 3);
    const value = both[at] as number;
    out[i] = (value / (1 + Math.exp(-value))) * (both[at + 4] as number);
  }
  return out;
}

function add(x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + (y[i] as number);
}

/** [rows, in] times [in, out], four of `in` at a time for all rows, so that a block of weights is read from memory once. `in` is a multiple of four. */
function multiply(x: Float64Array, rows: number, matrix: Float32Array): Float64Array {
  const inner = x.length / rows;
  const outer = matrix.length / inner;
  const out = new Float64Array(rows * outer);
  for (let i = 0; i < inner; i += 4) {
    const w0 = matrix.subarray(i * outer, (i + 1) * outer);
    const w1 = matrix.subarray((i + 1) * outer, (i + 2) * outer);
    const w2 = matrix.subarray((i + 2) * outer, (i + 3) * outer);
    const w3 = matrix.subarray((i + 3) * outer, (i + 4) * outer);
    for (let row = 0; row < rows; row++) {
      const at = row * inner + i;
      const [x0, x1, x2, x3] = [x[at] as number, x[at + 1] as number, x[at + 2] as number, x[at + 3] as number];
      const into = out.subarray(row * outer, (row + 1) * outer);
      for (let j = 0; j < outer; j++) {
        into[j] = (into[j] as number) + x0 * (w0[j] as number) + x1 * (w1[j] as number) + x2 * (w2[j] as number) + x3 * (w3[j] as number);
      }
    }
  }
  return out;
}

function sized(weights: Weights, name: string, size: number): Float32Array {
  const found = weights.get(name);
  if (found?.length === size) return found;
  throw cannotRun(`its matrix "${name}" has ${found?.length ?? 'no'} weights where ${size} are needed`);
}

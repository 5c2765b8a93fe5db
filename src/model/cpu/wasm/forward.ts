import type { TokenId } from '../../../core/types';
import { cannotRun, checkIds, type Forward, rotation, type WantedRows } from '../port';
import type { ModelConfig } from '../weights';
import type { KernelMemory } from './kernels';
import { PANEL } from './packed';
import type { MatrixPart, MatrixPlace, Tensors } from './tensors';

/** Most rows that go through the layers at a time: four whole tiles of kernels.cc, and the longest verification. */
const PASS_ROWS = 20;
const FLOAT = 4;

/** One layer's arrays, by their addresses; what the model has not is 0, as norms that are folded into the matrices after them. */
interface Layer {
  readonly qkv: MatrixPlace;
  /** [qkv's columns], of Qwen2. */
  readonly qkvBias: number;
  /** [head dim], of Qwen3: what each head of q and of k is normalised by. */
  readonly qNorm: number;
  readonly kNorm: number;
  readonly o: MatrixPlace;
  readonly gateUp: MatrixPlace;
  readonly down: MatrixPlace;
  readonly inNorm: number;
  readonly midNorm: number;
}

interface Weights {
  readonly embedding: MatrixPlace;
  readonly head: MatrixPlace;
  readonly norm: number;
  readonly layers: readonly Layer[];
  /** [context, head dim / 2, 2]: cosine and sine. */
  readonly angles: number;
}

/** What a pass writes, float32 for as many rows as it may have; shared by all forwards of one model. */
type Room = Readonly<Record<'x' | 'normed' | 'qkv' | 'attended' | 'delta' | 'both' | 'gated' | 'scratch' | 'scores' | 'logits', number>>;

/**
 * A forward of models of the families Llama, Qwen2 and Qwen3 in WebAssembly: the embedded pair's, in int8, and others in grouped weights. Float32, and each row is
 * summed in one order however many rows there are, so speculation writes what plain decoding writes.
 */
export class WasmForward implements Forward {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly #config: ModelConfig;
  readonly #memory: KernelMemory;
  readonly #weights: Weights;
  readonly #room: Room;
  /** Of every layer, [kv heads, context, head dim] each. */
  readonly #cache: readonly { readonly keys: number; readonly values: number }[];
  #length = 0;
  #hidden = new Float32Array();

  private constructor(config: ModelConfig, memory: KernelMemory, weights: Weights, room: Room) {
    const { num_key_value_heads: kvHeads, head_dim: dim } = config.model_config;
    this.vocabularySize = config.vocab_size;
    this.contextLength = config.context_window_size;
    this.#config = config;
    this.#memory = memory;
    this.#weights = weights;
    this.#room = room;
    const bytes = FLOAT * kvHeads * this.contextLength * dim;
    this.#cache = weights.layers.map(() => ({ keys: memory.allocate(bytes), values: memory.allocate(bytes) }));
  }

  /** @throws FailureError library-incompatible where an array is missing or has another size than `config` says; out-of-memory */
  static create(config: ModelConfig, tensors: Tensors): WasmForward {
    const weights = placeWeights(config, tensors);
    tensors.requireAllRead();
    return new WasmForward(config, tensors.memory, weights, makeRoom(config, tensors.memory));
  }

  sibling(): WasmForward {
    return new WasmForward(this.#config, this.#memory, this.#weights, this.#room);
  }

  get length(): number {
    return this.#length;
  }

  get hidden(): Float32Array {
    return this.#hidden;
  }

  get threads(): number {
    return this.#memory.threads;
  }

  close(): void {
    this.#memory.close();
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  forward(ids: readonly TokenId[], want: WantedRows): Float32Array[] {
    checkIds(this, ids);
    const hidden = this.#config.model_config.hidden_size;
    const all = new Float32Array(ids.length * hidden);
    const logits: Float32Array[] = [];
    for (let from = 0; from < ids.length; from += PASS_ROWS) {
      const pass = ids.slice(from, from + PASS_ROWS);
      this.#memory.timed(pass.length, () => this.#layers(pass));
      all.set(this.#memory.floats(this.#room.x, pass.length * hidden), from * hidden);
      const wanted = want === 'all-rows' ? pass.length : from + pass.length === ids.length ? 1 : 0;
      if (wanted > 0) logits.push(...this.#head(pass.length - wanted, wanted));
    }
    this.#hidden = all;
    return logits;
  }

  /** Leaves what the last layer makes of `ids` in the room's x. */
  #layers(ids: readonly TokenId[]): void {
    const { hidden_size: hidden, intermediate_size: inner, rms_norm_eps: epsilon } = this.#config.model_config;
    const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim } = this.#config.model_config;
    const { kernels } = this.#memory;
    const { x, normed, qkv, attended, delta, both, gated, scores } = this.#room;
    const { embedding, layers, angles } = this.#weights;
    const rows = ids.length;
    ids.forEach((id, row) => {
      const { at, first } = embedding.parts.findLast((part) => part.first <= id) as MatrixPart;
      kernels.column(at, id - first, x + FLOAT * row * hidden);
    });
    const sizes = [rows, heads, kvHeads, dim, this.contextLength, this.#length];
    layers.forEach(({ qkv: toQkv, qkvBias, qNorm, kNorm, o, gateUp, down, inNorm, midNorm }, index) => {
      const { keys, values } = this.#cache[index] as { keys: number; values: number };
      kernels.normalise(x, rows, hidden, epsilon, inNorm, normed);
      this.#product(normed, rows, toQkv, qkv);
      for (let row = 0; row < rows; row++) {
        const q = qkv + FLOAT * row * toQkv.columns;
        const k = q + FLOAT * heads * dim;
        if (qkvBias > 0) kernels.add(q, qkvBias, toQkv.columns);
        if (qNorm > 0) kernels.normalise(q, heads, dim, epsilon, qNorm, q);
        if (kNorm > 0) kernels.normalise(k, kvHeads, dim, epsilon, kNorm, k);
      }
      kernels.rotate_append(qkv, ...sizes, angles, keys, values);
      kernels.attend(qkv, ...sizes, keys, values, scores, attended);
      this.#product(attended, rows, o, delta);
      kernels.add(x, delta, rows * hidden);
      kernels.normalise(x, rows, hidden, epsilon, midNorm, normed);
      this.#product(normed, rows, gateUp, both);
      kernels.gate(both, rows * inner, gated);
      this.#product(gated, rows, down, delta);
      kernels.add(x, delta, rows * hidden);
    });
    this.#length += rows;
  }

  #head(first: number, rows: number): Float32Array[] {
    const { hidden_size: hidden, rms_norm_eps: epsilon } = this.#config.model_config;
    const { head, norm } = this.#weights;
    const { x, normed, logits } = this.#room;
    this.#memory.kernels.normalise(x + FLOAT * first * hidden, rows, hidden, epsilon, norm, normed);
    this.#product(normed, rows, head, logits);
    const size = this.vocabularySize;
    return Array.from({ length: rows }, (_, row) => this.#memory.floats(logits + FLOAT * row * size, size).slice());
  }

  #product(x: number, rows: number, { columns, parts }: MatrixPlace, out: number): void {
    for (const { at, first } of parts) this.#memory.kernels.product(x, rows, at, this.#room.scratch, out + FLOAT * first, columns);
  }
}

function placeWeights({ vocab_size: vocabulary, context_window_size: context, model_config: of }: ModelConfig, tensors: Tensors): Weights {
  const { hidden_size: hidden, intermediate_size: inner, head_dim: dim, num_hidden_layers: layers } = of;
  const { num_attention_heads: heads, num_key_value_heads: kvHeads, tie_word_embeddings: tied } = of;
  if (dim % PANEL !== 0 || heads % kvHeads !== 0) throw cannotRun(`its ${heads} heads of ${dim} numbers are not known here`);
  const norm = tensors.vector('norm', hidden);
  const embedding = tensors.matrix('emb', hidden, vocabulary);
  for (const kinds of ALIKE) requireAlike(kinds, layers, tensors);
  return {
    embedding,
    head: tensors.has('head') || tied === false ? tensors.matrix('head', hidden, vocabulary) : embedding,
    norm,
    layers: Array.from({ length: layers }, (_, layer) => {
      const name = (kind: string) => `layers.${layer}.${kind}`;
      return {
        qkv: tensors.matrix(name('qkv'), hidden, (heads + 2 * kvHeads) * dim),
        qkvBias: tensors.vector(name('qkv_bias'), (heads + 2 * kvHeads) * dim),
        qNorm: tensors.vector(name('q_norm'), dim),
        kNorm: tensors.vector(name('k_norm'), dim),
        o: tensors.matrix(name('o'), heads * dim, hidden),
        gateUp: tensors.matrix(name('gu'), hidden, 2 * inner),
        down: tensors.matrix(name('down'), inner, hidden),
        inNorm: tensors.vector(name('n1'), hidden),
        midNorm: tensors.vector(name('n2'), hidden),
      };
    }),
    angles: placeAngles(tensors.memory, context, of),
  };
}

/** Vectors that a model has all in every layer, or none of in any: of Qwen2, of Qwen3, and norms that are not folded. */
const ALIKE = [['qkv_bias'], ['q_norm', 'k_norm'], ['n1', 'n2']] as const;

/** One that is missing would be missing from every number. @throws FailureError library-incompatible */
function requireAlike(kinds: readonly string[], layers: number, tensors: Tensors): void {
  const names = Array.from({ length: layers }, (_, layer) => kinds.map((kind) => `layers.${layer}.${kind}`)).flat();
  const missing = names.find((name) => !tensors.has(name));
  if (missing !== undefined && names.some((name) => tensors.has(name))) throw cannotRun(`its vector "${missing}" is missing`);
}

function placeAngles(memory: KernelMemory, context: number, of: ModelConfig['model_config']): number {
  const { cos, sin } = rotation(context, of);
  const dim = of.head_dim;
  const at = memory.allocate(FLOAT * context * dim);
  const angles = memory.floats(at, context * dim);
  for (let i = 0; i < cos.length; i++) angles.set([cos[i] as number, sin[i] as number], 2 * i);
  return at;
}

function makeRoom({ vocab_size: vocabulary, context_window_size: context, model_config: of }: ModelConfig, memory: KernelMemory): Room {
  const { hidden_size: hidden, intermediate_size: inner, num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim } = of;
  const rows = (width: number) => memory.allocate(FLOAT * PASS_ROWS * width);
  const widest = Math.max(hidden, inner, heads * dim);
  return {
    x: rows(hidden),
    normed: rows(hidden),
    qkv: rows((heads + 2 * kvHeads) * dim),
    attended: rows(heads * dim),
    delta: rows(hidden),
    both: rows(2 * inner),
    gated: rows(inner),
    scratch: rows(2 * widest),
    // For each thread; and those with which the last four are filled up.
    scores: memory.allocate(FLOAT * (context + 3) * memory.most),
    logits: rows(vocabulary),
  };
}

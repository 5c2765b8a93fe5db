import { BLOCK_TYPES, type BlockType } from './blocks';
import { FLOAT_TYPES } from './floats';
import { canPack } from './grouped';
import type { TensorInfo } from './header';
import { layoutOf } from './layout';
import { invalid, quoted, unsupported } from './refusals';
import type { Shape } from './shape';

/** A matrix of the library: rows of some of the file's matrices, put side by side as its columns. */
export interface MatrixParameter {
  readonly name: string;
  readonly inner: number;
  readonly columns: number;
  readonly sources: readonly { readonly tensor: TensorInfo; readonly type: BlockType }[];
  /** The column that a row becomes, the rows of all sources counted on. */
  readonly place: (row: number) => number;
}

/** Plain float32 numbers, of one after another of the file's tensors. */
export interface VectorParameter {
  readonly name: string;
  readonly sources: readonly TensorInfo[];
  readonly length: number;
  /** Where a number goes, those of all sources counted on. */
  readonly place: (index: number) => number;
}

export interface Parameters {
  readonly matrices: readonly MatrixParameter[];
  readonly vectors: readonly VectorParameter[];
}

const QUANTISED = 'Choose a file in Q4_0, Q4_K_M, Q5_K_M, Q6_K or Q8_0.';

/**
 * The library's parameters of a model of `shape`, each with where it comes from (`layout.ts`). The
 * tensors of the file are checked: each is there, in its size, in a type that can be read, and there are no others.
 *
 * @throws FailureError gguf-unsupported, gguf-invalid
 */
export function planParameters(shape: Shape, tensors: ReadonlyMap<string, TensorInfo>): Parameters {
  const plan = new Plan(tensors);
  // llama.cpp's converter has paired those of the llama architecture already.
  for (const { name, layer, inner, suffix, parts, place } of layoutOf(shape, shape.family !== 'llama')) {
    const from = parts.map(({ name: part, rows }) => [`${layer === null ? '' : `blk.${layer}.`}${part}.${suffix}`, rows] as const);
    if (inner === null) plan.vector(name, from, place);
    else plan.matrix(name, inner, from, place);
  }
  return plan.complete();
}

type Place = MatrixParameter['place'];
/** Tensors of the file by name, with their rows. */
type Parts = readonly (readonly [name: string, rows: number])[];

class Plan {
  readonly #matrices: MatrixParameter[] = [];
  readonly #vectors: VectorParameter[] = [];
  readonly #unused: Set<string>;

  constructor(readonly tensors: ReadonlyMap<string, TensorInfo>) {
    // What the shape was read from.
    this.#unused = new Set([...tensors.keys()].filter((name) => name !== 'rope_freqs.weight'));
  }

  matrix(name: string, inner: number, parts: Parts, place: Place): void {
    const columns = parts.reduce((sum, [, rows]) => sum + rows, 0);
    const sources = parts.map(([from, rows]) => {
      const tensor = this.#take(from, [inner, rows]);
      const type = BLOCK_TYPES.get(tensor.type.name);
      if (!type) throw unsupported(`its tensor ${quoted(from)} is of type ${tensor.type.name}, which no kernel reads`, QUANTISED);
      return { tensor, type };
    });
    if (!canPack(inner, columns)) {
      throw unsupported(`${quoted(name)} has ${inner} by ${columns} weights, and kernels take multiples of 64 by 16`, QUANTISED);
    }
    this.#matrices.push({ name, inner, columns, sources, place });
  }

  vector(name: string, parts: Parts, place: Place): void {
    const sources = parts.map(([from, length]) => this.#take(from, [length]));
    for (const { name: from, type } of sources) {
      if (!FLOAT_TYPES.has(type.name))
        throw unsupported(`its tensor ${quoted(from)} is of type ${type.name}`, 'Choose a file with its norms in F32.');
    }
    this.#vectors.push({ name, sources, length: parts.reduce((sum, [, length]) => sum + length, 0), place });
  }

  /** @throws FailureError gguf-unsupported where the file has more than a model of this shape needs */
  complete(): Parameters {
    const [more] = this.#unused;
    if (more !== undefined)
      throw unsupported(`it has a tensor ${quoted(more)}, which models of its kind do not`, 'Choose the model’s ordinary version.');
    return { matrices: this.#matrices, vectors: this.#vectors };
  }

  #take(name: string, sides: readonly number[]): TensorInfo {
    const tensor = this.tensors.get(name);
    if (!tensor) throw invalid(`it has no tensor ${quoted(name)}`);
    // Trailing sides of 1 say nothing.
    const found = tensor.dimensions.filter((side, i) => i < sides.length || side !== 1);
    if (found.join() !== sides.join())
      throw invalid(`its tensor ${quoted(name)} has ${found.join(' × ')} weights, where the model has ${sides.join(' × ')}`);
    this.#unused.delete(name);
    return tensor;
  }
}

import { cannotRun } from '../port';
import { parseIndex, type TensorRecord } from '../weights';
import { KernelMemory } from './kernels';
import { laidOutBytes, layOut, type PackedMatrix, readGrouped, readSteps } from './packed';

/** Where a matrix lies among the kernels: in parts of some of its columns each, as it was cut for devices that bind only so much. */
export interface MatrixPlace {
  readonly inner: number;
  readonly columns: number;
  readonly parts: readonly MatrixPart[];
}

export interface MatrixPart {
  readonly at: number;
  readonly inner: number;
  /** Its first column's place in the whole matrix. */
  readonly first: number;
  readonly columns: number;
}

/** A model's arrays in the memory of the kernels. */
export class Tensors {
  readonly #matrices = new Map<string, MatrixPart>();
  readonly #vectors = new Map<string, { readonly at: number; readonly length: number }>();
  readonly #unread = new Set<string>();

  private constructor(readonly memory: KernelMemory) {}

  /**
   * Reads one file after the other, so that beside the weights there is one file in memory at most.
   *
   * @param index the content of tensor-cache.json
   * @param shard gives the bytes of a file that the index names
   * @param threads that may compute with them
   * @returns null where this machine's WebAssembly has no SIMD
   * @throws FailureError library-incompatible where an array is stored in a way that is not known here; out-of-memory
   */
  static async read(index: unknown, shard: (name: string) => Promise<ArrayBuffer>, threads = 1): Promise<Tensors | null> {
    const files = parseIndex(index);
    const memory = await KernelMemory.open(threads);
    if (!memory) return null;
    const tensors = new Tensors(memory);
    for (const { dataPath, records } of files) {
      const bytes = await shard(dataPath);
      for (const record of records) tensors.#put(record, bytes);
    }
    return tensors;
  }

  /** A matrix of the sides that the configuration says. @throws FailureError library-incompatible */
  matrix(name: string, inner: number, columns: number): MatrixPlace {
    const parts = this.#partsOf(name);
    const found = parts.reduce((sum, part) => sum + part.columns, 0);
    if (found !== columns || parts.some((part) => part.inner !== inner)) {
      const odd = parts.find((part) => part.inner !== inner) ?? parts[0];
      const sides = odd ? `is ${odd.inner} by ${found}` : 'is missing';
      throw cannotRun(`its matrix "${name}" ${sides} where ${inner} by ${columns} are needed`);
    }
    return { inner, columns, parts };
  }

  has(name: string): boolean {
    return [name, `${name}.0`].some((each) => this.#matrices.has(each)) || this.#vectors.has(name);
  }

  /** The matrix `name`, or its parts `name.0`, `name.1` and so on, as far as each begins where the one before ends. */
  #partsOf(name: string): MatrixPart[] {
    const isWhole = this.#matrices.has(name);
    const parts: MatrixPart[] = [];
    for (let end = 0; ; ) {
      const own = isWhole ? name : `${name}.${parts.length}`;
      const part = this.#matrices.get(own);
      if (part?.first !== end) return parts;
      this.#unread.delete(own);
      parts.push(part);
      end += part.columns;
    }
  }

  /** The address of a vector; 0 where the model has no such. @throws FailureError library-incompatible for another length */
  vector(name: string, length: number): number {
    const found = this.#vectors.get(name);
    if (!found) return 0;
    if (found.length !== length) throw cannotRun(`its vector "${name}" has ${found.length} numbers where ${length} are needed`);
    this.#unread.delete(name);
    return found.at;
  }

  /** What a model has and this forward does not use would be missing from every number. @throws FailureError library-incompatible */
  requireAllRead(): void {
    const [first] = this.#unread;
    if (first !== undefined) throw cannotRun(`it has "${first}", which is not known here`);
  }

  #put(record: TensorRecord, bytes: ArrayBuffer): void {
    const { name, dtype, shape, byteOffset, nbytes } = record;
    if (nbytes !== 4 * shape.reduce((a, b) => a * b, 1) || byteOffset + nbytes > bytes.byteLength) throw unknownRecord(record);
    const words =
      byteOffset % 4 === 0 ? new Uint32Array(bytes, byteOffset, nbytes / 4) : new Uint32Array(bytes.slice(byteOffset, byteOffset + nbytes));
    this.#unread.add(name);
    if (dtype === 'float32' && shape.length === 1) {
      const at = this.memory.allocate(nbytes);
      this.memory.words(at, words.length).set(words);
      this.#vectors.set(name, { at, length: words.length });
    } else {
      const matrix = read(record, words);
      const at = this.memory.allocate(laidOutBytes(matrix));
      layOut(matrix, this.memory.words(at, laidOutBytes(matrix) / 4));
      const { inner, columns, first } = matrix;
      this.#matrices.set(name, { at, inner, columns, first });
    }
  }
}

function read(record: TensorRecord, words: Uint32Array): PackedMatrix {
  const { dtype, shape } = record;
  const [blocks = 0, , width] = shape;
  if (dtype === 'uint32' && shape.length === 1) return readGrouped(words);
  if (dtype === 'uint32' && shape.length === 3 && width === 4 && blocks > 1) return readSteps(words, blocks);
  throw unknownRecord(record);
}

function unknownRecord({ name, dtype, shape, nbytes }: TensorRecord) {
  return cannotRun(`tensor "${name}" is ${dtype} [${shape.join(', ')}] with ${nbytes} bytes`);
}

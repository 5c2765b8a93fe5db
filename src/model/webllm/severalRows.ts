import { findFunction, incompatible, metadataOf, type PackedFunction, type Pipeline, type Tensor } from './doors';

/** Batches of a library that does not say how many it takes. */
const ONE = 1;

/**
 * The forwards of a loaded library over several tokens. Ours have `prefill` and `batch_verify`, which give each row the bits that a decode of it has. MLC's have
 * `batch_prefill` as well, which takes the positions of the rows whose logits are wanted. The first `batch_verify` of those allocates logits for the longest forward
 * there is, hundreds of megabytes; `batch_prefill` has room for as many rows as the library takes sequences, which is often less.
 */
export class SeveralRows {
  readonly #pipeline: Pipeline;
  readonly #verify: PackedFunction | null;
  readonly #atPositions: PackedFunction | null;
  /** Most rows that `batch_prefill` gives. */
  readonly #batch: number;
  /** i32: 0, 1, 2 and so on; then one place for another. */
  readonly #positions: { readonly all: Tensor; readonly one: Tensor } | null;
  readonly precision: 'f16' | 'f32';

  /** Call inside a scope. */
  constructor(pipeline: Pipeline) {
    const { tvm, device, prefillChunkSize } = pipeline;
    const find = (name: string) => {
      const found = findFunction(pipeline, name);
      return found && tvm.detachFromCurrentScope(found);
    };
    const { max_batch_size: batch, quantization } = metadataOf(pipeline);
    this.#pipeline = pipeline;
    this.#verify = find('batch_verify');
    this.#atPositions = find('batch_prefill');
    this.#batch = Math.min(Number.isInteger(batch) ? Number(batch) : ONE, prefillChunkSize);
    this.precision = /^q\d+f16/.test(String(quantization)) ? 'f16' : 'f32';
    const tensor = (length: number) => tvm.detachFromCurrentScope(tvm.empty([length], 'int32', device));
    this.#positions = this.#atPositions && { all: tensor(prefillChunkSize), one: tensor(1) };
    if (!this.#positions) return;
    const whole = Int32Array.from({ length: prefillChunkSize }, (_, i) => i);
    tvm.lib.webGPUContext.device.queue.writeBuffer(this.#buffer(this.#positions.all), 0, whole);
  }

  /** Whether a row has the same bits whatever other rows its forward has. */
  get exact(): boolean {
    return this.#atPositions === null;
  }

  /** Most rows of one forward that gives the logits of all of them. */
  get most(): number {
    if (this.#verify) return this.#pipeline.prefillChunkSize;
    return this.#atPositions ? this.#batch : 1;
  }

  /** f32 [1, rows, vocabulary] and the states, of `hidden`, f32 or f16 [1, rows, width]. */
  all(hidden: Tensor, rows: number, states: readonly unknown[]): unknown {
    const { params, prefillChunkSize } = this.#pipeline;
    const takesLess = this.#batch < prefillChunkSize || !this.#verify;
    if (this.#atPositions && this.#positions && rows <= this.#batch && takesLess) {
      return this.#atPositions(hidden, this.#positions.all.view([rows]), ...states, params);
    }
    if (!this.#verify) throw new RangeError(`the library gives ${this.most} rows at a time, not ${rows}`);
    return this.#verify(hidden, ...states, params);
  }

  /** f32 [1, 1, vocabulary], of the last row alone, and the states. */
  last(hidden: Tensor, rows: number, states: readonly unknown[], encoder: GPUCommandEncoder): unknown {
    const { params, prefill, resolvedModelABI } = this.#pipeline;
    if (resolvedModelABI.prefillABI === 'single' || !this.#positions) return prefill(hidden, ...states, params);
    const { all, one } = this.#positions;
    encoder.copyBufferToBuffer(this.#buffer(all), (rows - 1) * 4, this.#buffer(one), 0, 4);
    return prefill(hidden, one, ...states, params);
  }

  dispose(): void {
    for (const made of [this.#verify, this.#atPositions, this.#positions?.all, this.#positions?.one]) made?.dispose();
  }

  #buffer(tensor: Tensor): GPUBuffer {
    const buffer = this.#pipeline.tvm.lib.webGPUContext.bufferTable[tensor.getDataPtr()];
    if (!buffer) throw incompatible('a tensor has no GPU buffer');
    return buffer;
  }
}

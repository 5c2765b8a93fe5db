import type { Candidate } from '../../../core/types';
import { ShapeBuffers } from '../shapes';
import code from './greedy.wgsl?raw';

/** One row of the kernel's result. */
export interface GreedyRow {
  /** Id of the largest logit; the lowest id among equals. */
  readonly choice: number;
  /** Softmax probability of `choice`. */
  readonly p: number;
  /** Softmax probability of the drafted token at this row; 0 where nothing was drafted. */
  readonly draftP: number;
  /** Whether a logit was not a number, or plus infinity; the rest of the row means nothing then. */
  readonly invalid: boolean;
}

/** Bytes of one row: choice u32, p f32, draftP f32, invalid u32. */
export const GREEDY_ROW_BYTES = 16;

const TOP = 5;

/** Bytes of one row's likeliest tokens: five ids u32, five probabilities f32 (0 where there are fewer). */
export const GREEDY_TOP_BYTES = 4 * 2 * TOP;

export interface GreedyBuffers {
  /** f32 [rows, vocabulary] */
  readonly logits: GPUBuffer;
  /** i32: for `draft` the drafts so far; for `verify` the target's input, [last token of the history, draft 1, draft 2, ...] */
  readonly sequence: GPUBuffer;
  /** i32 [1]: the next draft forward's input; a pass of `verify` leaves it alone */
  readonly next: GPUBuffer;
  /** `GREEDY_ROW_BYTES` a row */
  readonly rows: GPUBuffer;
  /** `GREEDY_TOP_BYTES` a row: receives each row's likeliest tokens, after `prepareRanking`. Left out, they are not looked for. */
  readonly tops?: GPUBuffer | undefined;
}

type Entry = 'draft' | 'verify' | 'draftAndRank' | 'verifyAndRank';

/** Argmax and softmax probabilities of rows of logits, on the device; greedy.wgsl says in which order. */
export class GreedyKernel {
  readonly #device: GPUDevice;
  readonly #module: GPUShaderModule;
  readonly #pipelines = new Map<Entry, GPUComputePipeline>();
  readonly #shapes: ShapeBuffers;
  #ranking: Promise<void> | null = null;

  private constructor(device: GPUDevice) {
    this.#device = device;
    this.#module = device.createShaderModule({ code, label: 'greedy' });
    this.#shapes = new ShapeBuffers(device);
  }

  static async create(device: GPUDevice): Promise<GreedyKernel> {
    const kernel = new GreedyKernel(device);
    await kernel.#prepare(['draft', 'verify'], CHOICE);
    return kernel;
  }

  /** Makes what dispatches with `tops` need; to be awaited before the first of them. */
  prepareRanking(): Promise<void> {
    this.#ranking ??= this.#prepare(['draftAndRank', 'verifyAndRank'], [...CHOICE, 'storage']);
    return this.#ranking;
  }

  /** Adds to `encoder`: choose draft number `drafted` (from 0) from one row of logits, into sequence[drafted], next[0], rows[drafted] and tops[drafted]. */
  draft(encoder: GPUCommandEncoder, buffers: GreedyBuffers, vocabulary: number, drafted: number): void {
    this.#dispatch(encoder, buffers.tops ? 'draftAndRank' : 'draft', buffers, [vocabulary, drafted], 1);
  }

  /** Adds to `encoder`: judge `drafted` + 1 rows of logits against sequence[1..drafted], into rows[0..drafted] and tops[0..drafted]. */
  verify(encoder: GPUCommandEncoder, buffers: GreedyBuffers, vocabulary: number, drafted: number): void {
    this.#dispatch(encoder, buffers.tops ? 'verifyAndRank' : 'verify', buffers, [vocabulary, drafted], drafted + 1);
  }

  /** `count` rows from bytes that were read back. */
  static parse(bytes: ArrayBuffer, offset: number, count: number): GreedyRow[] {
    const view = new DataView(bytes, offset, count * GREEDY_ROW_BYTES);
    return Array.from({ length: count }, (_, row) => {
      const at = row * GREEDY_ROW_BYTES;
      return {
        choice: view.getUint32(at, true),
        p: view.getFloat32(at + 4, true),
        draftP: view.getFloat32(at + 8, true),
        invalid: view.getUint32(at + 12, true) !== 0,
      };
    });
  }

  /** The likeliest tokens of `count` rows from bytes that were read back, most likely first. */
  static parseTops(bytes: ArrayBuffer, offset: number, count: number): Candidate[][] {
    const view = new DataView(bytes, offset, count * GREEDY_TOP_BYTES);
    return Array.from({ length: count }, (_, row) => {
      const at = row * GREEDY_TOP_BYTES;
      return Array.from({ length: TOP }, (_, k) => ({
        id: view.getUint32(at + 4 * k, true),
        probability: view.getFloat32(at + 4 * (TOP + k), true),
      })).filter(({ probability }) => probability > 0);
    });
  }

  dispose(): void {
    this.#shapes.dispose();
  }

  async #prepare(entries: readonly Entry[], types: readonly GPUBufferBindingType[]): Promise<void> {
    const layout = this.#device.createPipelineLayout({
      bindGroupLayouts: [
        this.#device.createBindGroupLayout({
          entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
        }),
      ],
    });
    for (const entryPoint of entries) {
      const compute = { module: this.#module, entryPoint };
      this.#pipelines.set(entryPoint, await this.#device.createComputePipelineAsync({ layout, compute }));
    }
  }

  #dispatch(encoder: GPUCommandEncoder, entry: Entry, buffers: GreedyBuffers, shape: number[], groups: number): void {
    const { logits, sequence, next, rows, tops } = buffers;
    const pipeline = this.#pipelines.get(entry);
    if (!pipeline) throw new Error(`the greedy kernel was not prepared for ${entry}`);
    const bound = [logits, sequence, next, rows, this.#shapes.of(shape), ...(tops ? [tops] : [])];
    const pass = encoder.beginComputePass({ label: `greedy ${entry}` });
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(groups);
    pass.end();
  }
}

/** What the entries without a ranking bind. */
const CHOICE: readonly GPUBufferBindingType[] = ['read-only-storage', 'storage', 'storage', 'storage', 'uniform'];

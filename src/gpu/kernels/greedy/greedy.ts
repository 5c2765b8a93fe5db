import { ShapeBuffers } from '../shapes';
import { SliceBuffer, sliceFor } from '../slices';
import code from './greedy.wgsl?raw';

/** One row of the kernel's result. */
export interface GreedyRow {
  /** Id of the largest logit; the lowest id among equals. */
  readonly choice: number;
  /** Softmax probability of `choice`. */
  readonly p: number;
  /** Softmax probability of the drafted token at this row; 0 if nothing was drafted. */
  readonly draftP: number;
  /** Whether a logit was not a number, or plus infinity; the rest of the row means nothing then. */
  readonly invalid: boolean;
}

/** Bytes of one row: choice u32, p f32, draftP f32, invalid u32. */
export const GREEDY_ROW_BYTES = 16;

/** Of a slice: largest logit f32, id u32, sum f32, invalid u32. */
const PART_BYTES = 16;

export interface GreedyBuffers {
  /** f32 [rows, vocabulary] */
  readonly logits: GPUBuffer;
  /** i32: for `draft` the drafts so far; for `verify` the target's input, [last token of the history, draft 1, draft 2, ...] */
  readonly sequence: GPUBuffer;
  /** i32 [1]: the next draft forward's input; a pass of `verify` leaves it alone */
  readonly next: GPUBuffer;
  /** `GREEDY_ROW_BYTES` a row */
  readonly rows: GPUBuffer;
}

type Entry = 'draft' | 'verify' | 'slice';

/** Argmax and softmax probabilities of rows of logits, on the device; greedy.wgsl says in which order. */
export class GreedyKernel {
  readonly #device: GPUDevice;
  readonly #pipelines: Readonly<Record<Entry, GPUComputePipeline>>;
  readonly #layout: GPUBindGroupLayout;
  readonly #shapes: ShapeBuffers;
  readonly #parts: SliceBuffer;
  readonly #slice: number;

  private constructor(
    device: GPUDevice,
    layout: GPUBindGroupLayout,
    pipelines: Readonly<Record<Entry, GPUComputePipeline>>,
    slice: number,
  ) {
    this.#device = device;
    this.#slice = slice;
    this.#layout = layout;
    this.#pipelines = pipelines;
    this.#shapes = new ShapeBuffers(device);
    this.#parts = new SliceBuffer(device);
  }

  /** @param slice columns that one workgroup walks */
  static async create(device: GPUDevice, slice = sliceFor(device)): Promise<GreedyKernel> {
    const types: GPUBufferBindingType[] = ['read-only-storage', 'storage', 'storage', 'storage', 'uniform', 'storage'];
    const layout = device.createBindGroupLayout({
      entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
    });
    const module = device.createShaderModule({ code, label: 'greedy' });
    const pipeline = (entryPoint: Entry) =>
      device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint, constants: entryPoint === 'slice' ? { SLICE: slice } : {} },
      });
    const [draft, verify, sliced] = await Promise.all([pipeline('draft'), pipeline('verify'), pipeline('slice')]);
    return new GreedyKernel(device, layout, { draft, verify, slice: sliced }, slice);
  }

  /** Adds to `encoder`: choose draft number `drafted` (from 0) from one row of logits, into sequence[drafted], next[0] and rows[drafted]. */
  draft(encoder: GPUCommandEncoder, buffers: GreedyBuffers, vocabulary: number, drafted: number): void {
    this.#dispatch(encoder, 'draft', buffers, vocabulary, drafted, 1);
  }

  /** Adds to `encoder`: judge `drafted` + 1 rows of logits against sequence[1..drafted], into rows[0..drafted]. */
  verify(encoder: GPUCommandEncoder, buffers: GreedyBuffers, vocabulary: number, drafted: number): void {
    this.#dispatch(encoder, 'verify', buffers, vocabulary, drafted, drafted + 1);
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

  dispose(): void {
    this.#shapes.dispose();
    this.#parts.dispose();
  }

  #dispatch(
    encoder: GPUCommandEncoder,
    entry: 'draft' | 'verify',
    buffers: GreedyBuffers,
    vocabulary: number,
    drafted: number,
    rows: number,
  ): void {
    const slices = Math.ceil(vocabulary / this.#slice);
    const parts = this.#parts.of(rows * slices * PART_BYTES);
    const bound = [buffers.logits, buffers.sequence, buffers.next, buffers.rows, this.#shapes.of([vocabulary, drafted, slices]), parts];
    const pass = encoder.beginComputePass({ label: `greedy ${entry}` });
    const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: this.#layout, entries }));
    if (slices > 1) {
      pass.setPipeline(this.#pipelines.slice);
      pass.dispatchWorkgroups(slices, rows);
    }
    pass.setPipeline(this.#pipelines[entry]);
    pass.dispatchWorkgroups(rows);
    pass.end();
  }
}

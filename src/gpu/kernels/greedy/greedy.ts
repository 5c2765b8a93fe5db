import { ShapeBuffers } from '../shapes';
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

/** Argmax and softmax probabilities of rows of logits, on the device; greedy.wgsl says in which order. */
export class GreedyKernel {
  readonly #device: GPUDevice;
  readonly #pipelines: Record<'draft' | 'verify', GPUComputePipeline>;
  readonly #layout: GPUBindGroupLayout;
  readonly #shapes: ShapeBuffers;

  private constructor(device: GPUDevice, layout: GPUBindGroupLayout, draft: GPUComputePipeline, verify: GPUComputePipeline) {
    this.#device = device;
    this.#layout = layout;
    this.#pipelines = { draft, verify };
    this.#shapes = new ShapeBuffers(device);
  }

  static async create(device: GPUDevice): Promise<GreedyKernel> {
    const storage = (binding: number, type: GPUBufferBindingType) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } });
    const layout = device.createBindGroupLayout({
      entries: [
        storage(0, 'read-only-storage'),
        storage(1, 'storage'),
        storage(2, 'storage'),
        storage(3, 'storage'),
        storage(4, 'uniform'),
      ],
    });
    const module = device.createShaderModule({ code, label: 'greedy' });
    const pipeline = (entryPoint: string) =>
      device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint },
      });
    return new GreedyKernel(device, layout, await pipeline('draft'), await pipeline('verify'));
  }

  /** Adds to `encoder`: choose draft number `drafted` (from 0) from one row of logits, into sequence[drafted], next[0] and rows[drafted]. */
  draft(encoder: GPUCommandEncoder, buffers: GreedyBuffers, vocabulary: number, drafted: number): void {
    this.#dispatch(encoder, 'draft', buffers, [vocabulary, drafted], 1);
  }

  /** Adds to `encoder`: judge `drafted` + 1 rows of logits against sequence[1..drafted], into rows[0..drafted]. */
  verify(encoder: GPUCommandEncoder, buffers: GreedyBuffers, vocabulary: number, drafted: number): void {
    this.#dispatch(encoder, 'verify', buffers, [vocabulary, drafted], drafted + 1);
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
  }

  #dispatch(encoder: GPUCommandEncoder, entry: 'draft' | 'verify', buffers: GreedyBuffers, shape: number[], groups: number): void {
    const entries = [buffers.logits, buffers.sequence, buffers.next, buffers.rows, this.#shapes.of(shape)];
    const pass = encoder.beginComputePass({ label: `greedy ${entry}` });
    pass.setPipeline(this.#pipelines[entry]);
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout: this.#layout,
        entries: entries.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(groups);
    pass.end();
  }
}

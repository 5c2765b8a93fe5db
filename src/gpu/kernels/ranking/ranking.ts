import type { Candidate } from '../../../core/types';
import { ShapeBuffers } from '../shapes';
import { SliceBuffer, sliceFor } from '../slices';
import { widthFor } from '../width';
import code from './ranking.wgsl?raw';

const TOP = 5;

/** Bytes of one row's most likely tokens: five ids u32, five probabilities f32 (0 if there are fewer). */
export const RANKED_ROW_BYTES = 4 * 2 * TOP;

/** Of a slice: five logits f32, each with its id u32. */
const PART_BYTES = 4 * 2 * TOP;

/** Rows of one model, after the greedy kernel has chosen from them. */
export interface ChosenRows {
  /** f32 [count, vocabulary] */
  readonly logits: GPUBuffer;
  /** As the greedy kernel wrote them. */
  readonly rows: GPUBuffer;
  readonly count: number;
}

/** The most likely tokens of rows of logits, up to five that have a 256th of the top probability or more, after the greedy kernel, which stays unchanged: in one dispatch, or two for rows of several slices. */
export class RankingKernel {
  readonly #device: GPUDevice;
  readonly #layout: GPUBindGroupLayout;
  readonly #pipelines: Readonly<Record<'rank' | 'slice', GPUComputePipeline>>;
  readonly #shapes: ShapeBuffers;
  readonly #parts: SliceBuffer;
  /** Placeholder where there are no rows. */
  readonly #none: GPUBuffer;
  readonly #slice: number;

  private constructor(
    device: GPUDevice,
    layout: GPUBindGroupLayout,
    pipelines: Readonly<Record<'rank' | 'slice', GPUComputePipeline>>,
    slice: number,
  ) {
    this.#device = device;
    this.#slice = slice;
    this.#layout = layout;
    this.#pipelines = pipelines;
    this.#shapes = new ShapeBuffers(device);
    this.#parts = new SliceBuffer(device);
    this.#none = device.createBuffer({ label: 'ranking none', size: 16, usage: GPUBufferUsage.STORAGE });
  }

  /** @param width threads for each row, a power of two up to 256 @param slice columns that one workgroup walks */
  static async create(device: GPUDevice, width = widthFor(device), slice = sliceFor(device)): Promise<RankingKernel> {
    const read = 'read-only-storage';
    const types: GPUBufferBindingType[] = [read, read, read, read, 'storage', 'uniform', 'storage'];
    const layout = device.createBindGroupLayout({
      entries: types.map((type, binding) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type } })),
    });
    const module = device.createShaderModule({ code, label: 'ranking' });
    const pipeline = (entryPoint: string, constants: Record<string, number>) =>
      device.createComputePipelineAsync({
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint, constants },
      });
    const [rank, sliced] = await Promise.all([pipeline('rank', { WIDTH: width }), pipeline('slice', { WIDTH: width, SLICE: slice })]);
    return new RankingKernel(device, layout, { rank, slice: sliced }, slice);
  }

  /**
   * Adds to `encoder`: the most likely tokens of each row of the target, then of each of the draft.
   *
   * @param ranked receives `RANKED_ROW_BYTES` a row
   */
  rank(encoder: GPUCommandEncoder, target: ChosenRows, draft: ChosenRows | null, ranked: GPUBuffer, vocabulary: number): void {
    const rows = target.count + (draft?.count ?? 0);
    const slices = Math.ceil(vocabulary / this.#slice);
    const shape = this.#shapes.of([vocabulary, target.count, draft?.count ?? 0, slices]);
    const parts = this.#parts.of(rows * slices * PART_BYTES);
    const bound = [target.logits, target.rows, draft?.logits ?? this.#none, draft?.rows ?? this.#none, ranked, shape, parts];
    const pass = encoder.beginComputePass({ label: 'ranking' });
    const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: this.#layout, entries }));
    if (slices > 1) {
      pass.setPipeline(this.#pipelines.slice);
      pass.dispatchWorkgroups(slices, rows);
    }
    pass.setPipeline(this.#pipelines.rank);
    pass.dispatchWorkgroups(rows);
    pass.end();
  }

  /** The most likely tokens of `count` rows from bytes that were read back, most likely first. */
  static parse(bytes: ArrayBuffer, offset: number, count: number): Candidate[][] {
    const view = new DataView(bytes, offset, count * RANKED_ROW_BYTES);
    return Array.from({ length: count }, (_, row) => {
      const at = row * RANKED_ROW_BYTES;
      return Array.from({ length: TOP }, (_, k) => ({
        id: view.getUint32(at + 4 * k, true),
        probability: view.getFloat32(at + 4 * (TOP + k), true),
      })).filter(({ probability }) => probability > 0);
    });
  }

  dispose(): void {
    this.#none.destroy();
    this.#shapes.dispose();
    this.#parts.dispose();
  }
}

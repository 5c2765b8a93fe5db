import type { Candidate } from '../../../core/types';
import { ShapeBuffers } from '../shapes';
import { widthFor } from '../width';
import code from './ranking.wgsl?raw';

const TOP = 5;

/** Bytes of one row's most likely tokens: five ids u32, five probabilities f32 (0 if there are fewer). */
export const RANKED_ROW_BYTES = 4 * 2 * TOP;

/** Rows of one model, after the greedy kernel has chosen from them. */
export interface ChosenRows {
  /** f32 [count, vocabulary] */
  readonly logits: GPUBuffer;
  /** As the greedy kernel wrote them. */
  readonly rows: GPUBuffer;
  readonly count: number;
}

/** The most likely tokens of rows of logits, up to five that have a 256th of the top probability or more, in one dispatch after the greedy kernel, which stays unchanged. */
export class RankingKernel {
  readonly #device: GPUDevice;
  readonly #pipeline: GPUComputePipeline;
  readonly #shapes: ShapeBuffers;
  /** Placeholder where there are no rows. */
  readonly #none: GPUBuffer;

  private constructor(device: GPUDevice, pipeline: GPUComputePipeline) {
    this.#device = device;
    this.#pipeline = pipeline;
    this.#shapes = new ShapeBuffers(device);
    this.#none = device.createBuffer({ label: 'ranking none', size: 16, usage: GPUBufferUsage.STORAGE });
  }

  static async create(device: GPUDevice): Promise<RankingKernel> {
    const module = device.createShaderModule({ code, label: 'ranking' });
    const compute = { module, entryPoint: 'rank', constants: { WIDTH: widthFor(device) } };
    return new RankingKernel(device, await device.createComputePipelineAsync({ layout: 'auto', compute }));
  }

  /**
   * Adds one dispatch to `encoder`: the most likely tokens of each row of the target, then of each of the draft.
   *
   * @param ranked receives `RANKED_ROW_BYTES` a row
   */
  rank(encoder: GPUCommandEncoder, target: ChosenRows, draft: ChosenRows | null, ranked: GPUBuffer, vocabulary: number): void {
    const shape = this.#shapes.of([vocabulary, target.count, draft?.count ?? 0]);
    const bound = [target.logits, target.rows, draft?.logits ?? this.#none, draft?.rows ?? this.#none, ranked, shape];
    const pass = encoder.beginComputePass({ label: 'ranking' });
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout: this.#pipeline.getBindGroupLayout(0),
        entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(target.count + (draft?.count ?? 0));
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
  }
}

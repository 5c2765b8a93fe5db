import distribution from './distribution.wgsl?raw';
import drawing from './drawing.wgsl?raw';
import judging from './judging.wgsl?raw';
import type { Purposes } from './philox';
import philox from './philox.wgsl?raw';

import slices from './slices.wgsl?raw';
import threshold from './threshold.wgsl?raw';

/** Storage buffers of each entry of the shader, by their bindings; every entry has the three uniform buffers besides, bindings 0 to 2. */
const STORAGE = {
  draft: [3, 4, 5, 6, 7, 8, 9],
  judge: [3, 4, 5, 6, 7, 8, 9, 10],
  shapeSlice: [3, 4, 5, 6, 7, 8, 11, 12],
  powerSlice: [8, 11],
  countSlice: [8, 11, 12],
  chooseRow: [12],
  sumSlice: [8, 11, 12],
  drawSlice: [8, 11, 12],
  drawRow: [7, 8, 9, 11],
  judgeSlice: [7, 8, 9, 11, 12],
  judgeRow: [7, 8, 9, 10, 11],
} as const satisfies Record<string, readonly number[]>;

export type Entry = keyof typeof STORAGE;

const UNIFORMS = 3;

function typeOf(binding: number, entry: Entry): GPUBufferBindingType {
  if (binding < UNIFORMS) return 'uniform';
  // Logits, mask, bias and counts; and what drafts were drawn from.
  return binding < 7 || (binding === 9 && entry.startsWith('judge')) ? 'read-only-storage' : 'storage';
}

const bindingsOf = (entry: Entry): number[] => [0, 1, 2, ...STORAGE[entry]];

/** As `SamplingKernel.create` takes it. */
interface PassSetup {
  readonly width: number;
  readonly slice: number;
  readonly purposes: Purposes;
}

/** The entries of the sampling shader. Those of rows of one slice are there from the start, the others from when they are first asked for. */
export class SamplingPasses {
  readonly #device: GPUDevice;
  readonly #module: GPUShaderModule;
  readonly #constants: Readonly<Record<string, number>>;
  readonly #slice: number;
  readonly #pipelines = new Map<Entry, GPUComputePipeline>();

  private constructor(device: GPUDevice, { width, slice, purposes }: PassSetup) {
    const { draft, acceptance, residual, noise } = purposes;
    this.#device = device;
    this.#module = device.createShaderModule({ code: philox + distribution + threshold + drawing + judging + slices, label: 'sampling' });
    this.#slice = slice;
    this.#constants = { WIDTH: width, DRAFT: draft, ACCEPTANCE: acceptance, RESIDUAL: residual, NOISE: noise };
  }

  static async create(device: GPUDevice, setup: PassSetup): Promise<SamplingPasses> {
    const passes = new SamplingPasses(device, setup);
    for (const entry of ['draft', 'judge'] as const) {
      passes.#pipelines.set(entry, await device.createComputePipelineAsync(passes.#descriptor(entry)));
    }
    return passes;
  }

  /** Adds a dispatch of `entry` to `pass`. @param buffers by binding */
  dispatch(
    pass: GPUComputePassEncoder,
    entry: Entry,
    buffers: readonly (GPUBuffer | undefined)[],
    groups: readonly [x: number, y: number],
  ): void {
    let pipeline = this.#pipelines.get(entry);
    if (!pipeline) {
      pipeline = this.#device.createComputePipeline(this.#descriptor(entry));
      this.#pipelines.set(entry, pipeline);
    }
    const entries = bindingsOf(entry).map((binding) => ({ binding, resource: { buffer: buffers[binding] as GPUBuffer } }));
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(...groups);
  }

  #descriptor(entry: Entry): GPUComputePipelineDescriptor {
    const entries = bindingsOf(entry).map((binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: typeOf(binding, entry) },
    }));
    const bindGroupLayouts = [this.#device.createBindGroupLayout({ entries })];
    const constants = entry === 'draft' || entry === 'judge' ? this.#constants : { ...this.#constants, SLICE: this.#slice };
    return {
      layout: this.#device.createPipelineLayout({ bindGroupLayouts }),
      compute: { module: this.#module, entryPoint: entry, constants },
    };
  }
}

// A kernel's first two lines; one that uses subgroups asks for them in the first.
const HEAD = /(?:\/\/-{40}|enable subgroups;)\n\/\/ Function: (\w+)_kernel\n/g;

/** The WGSL of every kernel in a compiled library, by name. Each stands behind its length, a little-endian 64-bit number. */
export function kernelsOf(library: ArrayBuffer): ReadonlyMap<string, string> {
  // Each byte a character, so that places in the text are places in the file.
  const text = new TextDecoder('iso-8859-1').decode(library);
  const view = new DataView(library);
  const found = new Map<string, string>();
  for (const { index, 1: name = '' } of text.matchAll(HEAD)) {
    const length = Number(view.getBigUint64(index - 8, true));
    if (length > 100 && index + length <= text.length) found.set(name, text.slice(index, index + length).trimEnd());
  }
  return found;
}

/** A kernel of a library that takes its buffers and numbers by the names that it has for them. */
export class LibraryKernel {
  readonly #device: GPUDevice;
  readonly #pipeline: GPUComputePipeline;
  /** Names of the buffers, then the uniform's. */
  readonly #bindings: readonly string[];
  readonly #numbers: readonly string[];

  static async create(device: GPUDevice, code: string): Promise<LibraryKernel> {
    const module = device.createShaderModule({ code });
    return new LibraryKernel(device, code, await device.createComputePipelineAsync({ layout: 'auto', compute: { module } }));
  }

  private constructor(device: GPUDevice, code: string, pipeline: GPUComputePipeline) {
    this.#device = device;
    this.#pipeline = pipeline;
    this.#bindings = [...code.matchAll(/@binding\(\d+\) var<[^>]+> (\w+?)(_ptr)? :/g)].map((match) => match[1] as string);
    this.#numbers = [...(/struct PODArgs \{([^}]*)\}/.exec(code)?.[1] ?? '').matchAll(/(\w+): [iu]32/g)].map((match) => match[1] as string);
  }

  /**
   * Adds one dispatch to `encoder`, of `groups` workgroups. The kernel is compiled for a number of them, and returns from others if it is told that number
   * less one, packGridDimX; told another one, it would write beyond its columns.
   *
   * @throws Error naming a buffer or number that the kernel asks for and is not given
   */
  dispatch(
    encoder: GPUCommandEncoder,
    buffers: Readonly<Record<string, GPUBuffer>>,
    numbers: Readonly<Record<string, number>>,
    groups: readonly [x: number, y: number],
  ): void {
    const given: Readonly<Record<string, number>> = { packGridDimX: groups[0] - 1, ...numbers };
    const values = this.#numbers.map((name) => given[name] ?? missing(name));
    const uniform = this.#device.createBuffer({ size: 4 * values.length, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.#device.queue.writeBuffer(uniform, 0, Int32Array.from(values));
    const entries = this.#bindings.map((name, binding) => ({
      binding,
      resource: { buffer: name === 'podArgs' ? uniform : (buffers[name] ?? missing(name)) },
    }));
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: this.#pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(...groups);
    pass.end();
  }
}

function missing(name: string): never {
  throw new Error(`the kernel asks for ${name}`);
}

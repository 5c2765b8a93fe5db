/** Columns of a row of logits that one workgroup walks. A longer row has several workgroups, and what they found is joined in a second dispatch. */
export const SLICE = 4096;

export function slicesOf(vocabulary: number): number {
  return Math.ceil(vocabulary / SLICE);
}

/** Room on the device for what the workgroups of a row found, until it is joined. */
export class SliceBuffer {
  readonly #device: GPUDevice;
  /** The last is the largest. A smaller one may be in a command that was not yet submitted. */
  readonly #buffers: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of `bytes` or more, whose content no one relies on. */
  of(bytes: number): GPUBuffer {
    const last = this.#buffers.at(-1);
    if (last && last.size >= bytes) return last;
    const buffer = this.#device.createBuffer({ label: 'slices', size: bytes, usage: GPUBufferUsage.STORAGE });
    this.#buffers.push(buffer);
    return buffer;
  }

  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }
}

import { isCpu } from './width';

/**
 * Columns of a row of logits that one workgroup walks. A longer row has several workgroups, and what they found is joined by a later dispatch: a GPU has
 * cores for many, a CPU that stands in for one has few, and each begins its lists of the most likely tokens from nothing.
 */
export function sliceFor(device: GPUDevice): number {
  return isCpu(device) ? 32_768 : 4_096;
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

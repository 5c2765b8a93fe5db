/** Uniform buffers of the sizes that dispatches are told. A shape never changes once written, so each has a buffer of its own and no write waits for a dispatch. */
export class ShapeBuffers {
  readonly #device: GPUDevice;
  readonly #buffers = new Map<string, GPUBuffer>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** u32 [shape.length] */
  of(shape: readonly number[]): GPUBuffer {
    const key = shape.join();
    let buffer = this.#buffers.get(key);
    if (!buffer) {
      buffer = this.#device.createBuffer({ label: 'shape', size: 4 * shape.length, usage: GPUBufferUsage.UNIFORM, mappedAtCreation: true });
      new Uint32Array(buffer.getMappedRange()).set(shape);
      buffer.unmap();
      this.#buffers.set(key, buffer);
    }
    return buffer;
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
    this.#buffers.clear();
  }
}

/**
 * A device for web-llm to load one model on, whose library asks for the buffers of a cache twice as large as its kernels touch: it makes them half as large. Only a layer's cache
 * has `askedBytes` of what web-llm makes while it loads a model: that is a multiple of 128, and an array of grouped weights has 32 more
 * (`training/library/grouped.py`); one of the embedded pair is no power of two (`layout.py`), and its caches are.
 */
export class HalvingDevice {
  /** Stands for the device that it was made of, whose objects its methods make. */
  readonly device: GPUDevice;
  /** Whether a cache may be made now. */
  isHalving = false;

  constructor(device: GPUDevice, askedBytes: number) {
    const createBuffer = (descriptor: GPUBufferDescriptor) =>
      device.createBuffer(this.isHalving && descriptor.size === askedBytes ? { ...descriptor, size: askedBytes / 2 } : descriptor);
    this.device = new Proxy<GPUDevice>(Object.create(device), {
      get(_, name) {
        if (name === 'createBuffer') return createBuffer;
        const value = Reflect.get(device, name);
        return typeof value === 'function' ? value.bind(device) : value;
      },
    });
  }
}

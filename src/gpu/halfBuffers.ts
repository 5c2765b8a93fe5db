/**
 * web-llm asks for the buffers of a cache in the size that the library says, and no file says half of it. So the device makes buffers of that size half as large, while a model is
 * loaded. Of what web-llm makes meanwhile, only a layer's cache has that size: it is a multiple of 128 bytes, and an array of grouped weights has 32 more
 * (`training/library/grouped.py`). Buffers of ours have labels, and keep their size.
 */
const halved = new WeakMap<GPUDevice, number[]>();

/** From now on `halveBuffers` has `device` make buffers half as large. */
export function allowHalfBuffers(device: GPUDevice): void {
  const sizes: number[] = [];
  halved.set(device, sizes);
  const create = device.createBuffer.bind(device);
  Object.defineProperty(device, 'createBuffer', {
    configurable: true,
    value: (descriptor: GPUBufferDescriptor) =>
      create(!descriptor.label && sizes.includes(descriptor.size) ? { ...descriptor, size: descriptor.size / 2 } : descriptor),
  });
}

/** web-llm's buffers of `bytes` on `device` are made half as large, until the function that it returns is called. */
export function halveBuffers(device: GPUDevice, bytes: number): () => void {
  const sizes = halved.get(device);
  if (!sizes) throw new RangeError('this device makes no buffers half as large');
  sizes.push(bytes);
  let ended = false;
  return () => {
    if (!ended) sizes.splice(sizes.indexOf(bytes), 1);
    ended = true;
  };
}

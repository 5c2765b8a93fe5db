/** Threads for each row of logits: a GPU is faster with many, a CPU that stands in for one with few. */
export function widthFor(device: GPUDevice): number {
  // Not every browser has it.
  const info: Partial<GPUAdapterInfo> | undefined = device.adapterInfo;
  return info?.isFallbackAdapter || info?.architecture === 'swiftshader' ? 8 : 256;
}

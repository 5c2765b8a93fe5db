/** Threads for each row of logits: a graphics processor is faster with many, a processor that stands in for one with few. */
export function widthFor(device: GPUDevice): number {
  // Not every browser has it.
  const info: Partial<GPUAdapterInfo> | undefined = device.adapterInfo;
  return info?.isFallbackAdapter || info?.architecture === 'swiftshader' ? 8 : 256;
}

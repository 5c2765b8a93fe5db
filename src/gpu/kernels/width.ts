import { isSoftware } from '../adapter';

/** Threads for each row of logits: a GPU is faster with many, a CPU that stands in for one with few. */
export function widthFor(device: GPUDevice): number {
  return isCpu(device) ? 8 : 256;
}

export function isCpu(device: GPUDevice): boolean {
  // Not every browser has it.
  const info: Partial<GPUAdapterInfo> | undefined = device.adapterInfo;
  return isSoftware(info ?? {});
}

/** A device of this browser's adapter. @param of what it is asked for, beyond the defaults */
export async function openDevice(of: (adapter: GPUAdapter) => GPUDeviceDescriptor = () => ({})): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error('these tests need a WebGPU adapter');
  return adapter.requestDevice(of(adapter));
}

/** With subgroups where there are such. */
export const withSubgroups = ({ features }: GPUAdapter): GPUDeviceDescriptor => ({
  requiredFeatures: features.has('subgroups') ? ['subgroups'] : [],
});

/** With arrays as large as it can read. */
export const withLargestArrays = ({ limits }: GPUAdapter): GPUDeviceDescriptor => ({
  requiredLimits: { maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize },
});

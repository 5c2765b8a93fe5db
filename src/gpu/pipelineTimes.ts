/** Name of the marks; `bench/start.mjs` reads them in the worker. */
const NAME = 'pipeline';

/** From now on leaves a performance measure for every compute pipeline that `device` makes, from when it was asked for until it was there. */
export function markPipelines(device: GPUDevice): void {
  const make = device.createComputePipeline.bind(device);
  const makeAsync = device.createComputePipelineAsync.bind(device);
  Object.defineProperty(device, 'createComputePipeline', {
    value: (descriptor: GPUComputePipelineDescriptor) => {
      const start = performance.now();
      const pipeline = make(descriptor);
      performance.measure(NAME, { start });
      return pipeline;
    },
  });
  Object.defineProperty(device, 'createComputePipelineAsync', {
    value: async (descriptor: GPUComputePipelineDescriptor) => {
      const start = performance.now();
      const pipeline = await makeAsync(descriptor);
      performance.measure(NAME, { start });
      return pipeline;
    },
  });
}

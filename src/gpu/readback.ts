/** Milliseconds of one map of a small buffer with nothing to wait for; the median of `times`. */
export async function measureReadback(device: GPUDevice, clock: () => number, times = 9): Promise<number> {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const [source, staging] = [device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC }), device.createBuffer({ size: 16, usage })];
  await device.queue.onSubmittedWorkDone();
  const measured: number[] = [];
  for (let time = 0; time < times; time++) {
    const start = clock();
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, 16);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    staging.getMappedRange();
    staging.unmap();
    measured.push(clock() - start);
  }
  source.destroy();
  staging.destroy();
  return measured.sort((a, b) => a - b)[times >> 1] as number;
}

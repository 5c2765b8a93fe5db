import { median } from '../core/median';

/** Maps at most, at least, and how long they go on where one takes long. */
const MAPS = { most: 9, least: 2, ms: 150 };
/** Steps of the clock within which a map could as well take no time. */
const STEPS = 2;

/** A map of a small buffer with nothing to wait for, to be made as often as it takes, and then destroyed. */
export function bareReadback(device: GPUDevice): { readonly map: () => Promise<void>; readonly destroy: () => void } {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const [source, staging] = [device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_SRC }), device.createBuffer({ size: 16, usage })];
  const map = async () => {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, 16);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    staging.getMappedRange();
    staging.unmap();
  };
  const destroy = () => {
    source.destroy();
    staging.destroy();
  };
  return { map, destroy };
}

/**
 * Milliseconds of one map of a small buffer with nothing to wait for: the median of some, or their mean where a step of the clock is longer than one.
 *
 * @param clock milliseconds, never going back
 * @param stepMs the smallest step that it makes
 * @returns null if the clock is too coarse to tell
 */
export async function measureReadback(device: GPUDevice, clock: () => number, stepMs: number): Promise<number | null> {
  await device.queue.onSubmittedWorkDone();
  const { map, destroy } = bareReadback(device);
  // A browser that looks for finished work from time to time answers the first map early.
  await map();
  const begin = clock();
  const measured: number[] = [];
  let end = begin;
  while (measured.length < MAPS.most && (measured.length < MAPS.least || end - begin < MAPS.ms)) {
    const start = end;
    await map();
    end = clock();
    measured.push(end - start);
  }
  destroy();
  const typical = median(measured);
  if (typical > stepMs) return typical;
  return end - begin >= STEPS * stepMs && end > begin ? (end - begin) / measured.length : null;
}

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answersLate, pollWhileAwaited } from '../../src/gpu/polling';

/** As much of a device as is waited for; each answer comes when `answer` is called. */
function deviceThatWaits() {
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const waits = () => new Promise<undefined>((resolve, reject) => answers.push({ resolve: () => resolve(undefined), reject }));
  const submitted: GPUCommandBuffer[][] = [];
  const device = {
    queue: { submit: (buffers: GPUCommandBuffer[]) => submitted.push(buffers), onSubmittedWorkDone: waits },
    createBuffer: () => ({ mapAsync: waits }),
  } as unknown as GPUDevice;
  return { device, answers, submitted };
}

/** A device each of whose maps takes one of `times` milliseconds more, in turn, or fails where one is null. */
function deviceThatAnswers(...times: readonly (number | null)[]) {
  let maps = 0;
  const mapAsync = () => {
    const ms = times[maps++];
    return new Promise((resolve, reject) => (typeof ms === 'number' ? setTimeout(resolve, ms) : reject(new Error('The device is lost.'))));
  };
  const device = {
    queue: { submit: () => undefined },
    createCommandEncoder: () => ({ copyBufferToBuffer: () => undefined, finish: () => ({}) }),
    createBuffer: () => ({ mapAsync, getMappedRange: () => undefined, unmap: () => undefined, destroy: () => undefined }),
  } as unknown as GPUDevice;
  return { device, maps: () => maps };
}

beforeEach(() => {
  vi.useFakeTimers();
  // Node has no WebGPU.
  vi.stubGlobal('GPUBufferUsage', { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8 });
  vi.stubGlobal('GPUMapMode', { READ: 1 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([
  { of: 'a device that answers at once', times: [1, 1, 1, 1], late: false },
  { of: 'one that a pause of the machine kept once, and once more', times: [60, 50, 80, 2], late: false },
  { of: 'one that looks every 100 ms, and by chance soon after the first', times: [5, 100, 100, 100], late: true },
  { of: 'one that is lost', times: [100, null], late: false },
])('of $of it says whether it answers late: $late', async ({ times, late }) => {
  const { device, maps } = deviceThatAnswers(...times);
  const said = answersLate(device);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await said).toBe(late);
  // Who answers at once is not asked for long.
  expect(maps()).toBe(times[1] === 1 ? 2 : times.length);
});

const map = (device: GPUDevice) => device.createBuffer({ size: 16, usage: 1 }).mapAsync(1);

it('submits nothing over and over while a map is waited for, and no more after it', async () => {
  const { device, answers, submitted } = deviceThatWaits();
  pollWhileAwaited(device);
  await vi.advanceTimersByTimeAsync(100);
  expect(submitted).toEqual([]);
  const mapped = map(device);
  await vi.advanceTimersByTimeAsync(40);
  expect(submitted).toEqual(Array.from({ length: 40 }, () => []));
  answers[0]?.resolve();
  await mapped;
  await vi.advanceTimersByTimeAsync(100);
  expect(submitted).toHaveLength(40);
});

it('has one look at a time for all who wait, until the last of them has its answer', async () => {
  const { device, answers, submitted } = deviceThatWaits();
  pollWhileAwaited(device);
  const [mapped, done] = [map(device), device.queue.onSubmittedWorkDone()];
  await vi.advanceTimersByTimeAsync(40);
  expect(submitted).toHaveLength(40);
  answers[0]?.resolve();
  await mapped;
  await vi.advanceTimersByTimeAsync(40);
  expect(submitted).toHaveLength(80);
  answers[1]?.resolve();
  await done;
  await vi.advanceTimersByTimeAsync(40);
  expect(submitted).toHaveLength(80);
});

it('ends with a map that fails, whose error the one who waits gets', async () => {
  const { device, answers, submitted } = deviceThatWaits();
  pollWhileAwaited(device);
  const mapped = map(device);
  answers[0]?.reject(new Error('The device is lost.'));
  await expect(mapped).rejects.toThrow('The device is lost.');
  await vi.advanceTimersByTimeAsync(40);
  expect(submitted).toEqual([]);
});

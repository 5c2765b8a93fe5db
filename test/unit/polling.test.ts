import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pollWhileAwaited } from '../../src/gpu/polling';

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

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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

import { expect, it } from 'vitest';
import { committedTokens } from '../../src/core/run/tally';
import { DEFAULT_RUN } from '../../src/core/settings';
import { LIMITS, type RunEvent } from '../../src/core/types';
import { PairEngine } from '../../src/engine/engine';
import { WebGpuPairs } from '../../src/engine/webgpuPairs';
import { BROWSER_CACHE } from '../../src/storage/browserCache';
import { isRunEvent } from '../../src/worker/client';
import { shippedPair } from '../gpu/support/runs';

const RUNS = 200;

/** Counts the buffers that live on any device of this page, and their bytes. */
function watchBuffers() {
  const live = new Map<GPUBuffer, number>();
  const create = GPUDevice.prototype.createBuffer;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = create.call(this, descriptor);
    live.set(buffer, descriptor.size);
    return buffer;
  };
  const destroy = GPUBuffer.prototype.destroy;
  GPUBuffer.prototype.destroy = function () {
    live.delete(this);
    return destroy.call(this);
  };
  return () => ({ buffers: live.size, bytes: [...live.values()].reduce((sum, size) => sum + size, 0) });
}

it(`holds no more after ${RUNS} runs at temperature 0.8 than after the first`, async () => {
  const buffers = watchBuffers();
  const engine = new PairEngine(new WebGpuPairs({ gpu: navigator.gpu, storage: BROWSER_CACHE }), () => performance.now());
  const pair = await shippedPair('draft');
  const heap = () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? null;
  const run = async (seed: number, gamma: number | 'auto' = 'auto') => {
    const events: RunEvent[] = [];
    const settings = {
      ...DEFAULT_RUN,
      gamma,
      maxTokens: 32,
      ignoreStopTokens: true,
      sampling: { ...DEFAULT_RUN.sampling, temperature: 0.8, seed },
    };
    const task = { type: 'run', pair, turns: [], prompt: 'Tell me a story about a fox.', settings, calibration: null } as const;
    await engine.run(task, (update) => isRunEvent(update) && events.push(update), new AbortController().signal);
    expect(committedTokens(events)).toHaveLength(32);
  };
  // Every draft length leaves a shape behind; after these all of them are there.
  for (let gamma = 1; gamma <= LIMITS.gamma.max; gamma++) await run(gamma, gamma);
  for (let seed = 0; seed < 20; seed++) await run(seed);
  const before = { ...buffers(), heap: heap() };
  for (let seed = 0; seed < RUNS; seed++) await run(seed);
  const after = { ...buffers(), heap: heap() };
  console.log(JSON.stringify({ runs: RUNS, before, after }));
  expect(after.bytes).toBeLessThanOrEqual(before.bytes * 1.001);
  expect(after.buffers).toBeLessThanOrEqual(before.buffers + 40);
  expect(after.heap).toBeLessThan((before.heap ?? Number.NaN) * 1.5);
});

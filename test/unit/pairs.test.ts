import { afterEach, describe, expect, it, vi } from 'vitest';
import { Pairs } from '../../src/engine/pairs';
import { memoryStorage } from '../../src/storage/memory';
import { fetchShipped } from '../support/cpuApi';
import { shippedPair } from '../support/shipped';

const never = new AbortController().signal;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** WebGPU that finds no adapter, and counts how often it is asked for one. */
function gpuWithoutAdapter() {
  const requestAdapter = vi.fn(async () => null);
  return { gpu: { requestAdapter } as unknown as GPU, requestAdapter };
}

describe('pairs', () => {
  it('are on the CPU where that was chosen, and WebGPU is not asked', async () => {
    vi.stubGlobal('fetch', fetchShipped);
    const { gpu, requestAdapter } = gpuWithoutAdapter();
    const pairs = new Pairs({ gpu, storage: memoryStorage() });
    const first = await pairs.ready(shippedPair('draft'), () => undefined, never, 'cpu');
    expect(first.adapter).toBe('CPU, WebAssembly');
    const again = await pairs.ready(shippedPair('draft'), () => undefined, never, 'cpu');
    expect(again.target.side).toBe(first.target.side);
    expect(requestAdapter).not.toHaveBeenCalled();
  });

  it('are on WebGPU again once that is chosen; where it finds no adapter, on the CPU from then on', async () => {
    vi.stubGlobal('fetch', fetchShipped);
    const { gpu, requestAdapter } = gpuWithoutAdapter();
    const pairs = new Pairs({ gpu, storage: memoryStorage() });
    const chosen = await pairs.ready(shippedPair('draft'), () => undefined, never, 'cpu');
    const found = await pairs.ready(shippedPair('draft'), () => undefined, never, 'auto');
    expect(requestAdapter).toHaveBeenCalled();
    // The models of the choice before were let go.
    expect(found.target.side).not.toBe(chosen.target.side);
    expect(found.adapter).toBe('CPU, WebAssembly');
    const asked = requestAdapter.mock.calls.length;
    const last = await pairs.ready(shippedPair('draft'), () => undefined, never);
    expect([last.target.side, requestAdapter.mock.calls.length]).toEqual([found.target.side, asked]);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PairSpec } from '../../src/catalog/spec';
import { fetchShipped } from '../support/cpuApi';
import { shippedPair } from '../support/shipped';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  // Compiled kernels are kept by the module.
  vi.resetModules();
});

/** What the pair says it runs on, and the ids that it writes. */
async function runs(count = 1): Promise<{ adapter: string; ids: number[] }> {
  vi.stubGlobal('fetch', fetchShipped);
  const { CpuPairs } = await import('../../src/engine/cpuPairs');
  const { memoryStorage } = await import('../../src/storage/memory');
  const { nodeThreads } = await import('../../src/node/threads');
  const pairs = new CpuPairs(memoryStorage(), { threads: nodeThreads(count) });
  const pair = await pairs.ready(shippedPair('draft'), () => undefined, new AbortController().signal);
  const ids = pair.target.text.encodeChat('Count from 1 to 30.', []);
  const { DEFAULT_RUN } = await import('../../src/core/settings');
  await pair.target.side.begin(DEFAULT_RUN, ids.length);
  const start = ids.length;
  while (ids.length < start + 12) ids.push((await pair.target.side.verify(ids, null)).next.id);
  await pairs.unload();
  return { adapter: pair.adapter, ids: ids.slice(start) };
}

describe('what the CPU computes in', () => {
  it('is WebAssembly; plain JavaScript without SIMD or without the memory for it, which the adapter tells, with the same ids', async () => {
    const usual = await runs();
    expect(usual.adapter).toBe('CPU, WebAssembly');
    vi.resetModules();
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(await runs()).toEqual({ ...usual, adapter: 'CPU, plain JavaScript' });
    vi.restoreAllMocks();
    vi.resetModules();
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    });
    expect(await runs()).toEqual({ ...usual, adapter: 'CPU, plain JavaScript' });
  });

  it('is several threads; one where they do not start or cannot share memory, which the adapter tells, with the same ids', async () => {
    const usual = await runs();
    vi.resetModules();
    expect(await runs(3)).toEqual({ ...usual, adapter: 'CPU, WebAssembly, 3 threads' });
    vi.resetModules();
    vi.doMock('node:worker_threads', () => ({
      Worker: class {
        constructor() {
          throw new Error('no threads here');
        }
      },
    }));
    expect(await runs(3)).toEqual(usual);
    vi.doUnmock('node:worker_threads');
    vi.resetModules();
    const { Memory } = WebAssembly;
    // A constructor that is watched calls no arrow function.
    function unshared(size: WebAssembly.MemoryDescriptor) {
      if (size.shared) throw new RangeError('WebAssembly.Memory(): could not allocate memory');
      return new Memory(size);
    }
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(unshared);
    expect(await runs(3)).toEqual(usual);
  });

  it('is SIMD without its relaxed part where that is missing', async () => {
    const usual = await runs();
    vi.resetModules();
    const validate = WebAssembly.validate.bind(WebAssembly);
    let first = true;
    vi.spyOn(WebAssembly, 'validate').mockImplementation((bytes) => {
      const answer = !first && validate(bytes);
      first = false;
      return answer;
    });
    expect(await runs()).toEqual(usual);
  });
});

it('a target that drafts for itself again takes no more memory than the first time', async () => {
  vi.stubGlobal('fetch', fetchShipped);
  const { CpuPairs } = await import('../../src/engine/cpuPairs');
  const { memoryStorage } = await import('../../src/storage/memory');
  const pairs = new CpuPairs(memoryStorage());
  const ready = (draft: PairSpec['draft']) =>
    pairs.ready({ ...shippedPair('draft'), draft }, () => undefined, new AbortController().signal);
  await ready(null);
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  await ready('itself');
  expect(grow).toHaveBeenCalled();
  await ready(shippedPair('draft').draft);
  grow.mockClear();
  expect((await ready('itself')).draft?.model.cachedLength).toBe(0);
  expect(grow).not.toHaveBeenCalled();
});

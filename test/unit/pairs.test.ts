import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PairSpec } from '../../src/catalog/spec';
import { FailureError } from '../../src/core/failure';
import type { Target } from '../../src/core/types';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { KeptDecodeTimes } from '../../src/engine/decodeTimes';
import { PairEngine } from '../../src/engine/engine';
import type { PairLoader } from '../../src/engine/pair';
import { Pairs } from '../../src/engine/pairs';
import type { ComputedBy, LoadProgress } from '../../src/engine/tasks';
import { adapterName } from '../../src/gpu/adapter';
import { memoryStorage } from '../../src/storage/memory';
import { fetchShipped } from '../support/cpuApi';
import { shippedPair } from '../support/shipped';

const never = new AbortController().signal;

/** The time, which a look at the clock takes a little of, and every forward of a target as much as its side costs. */
let ms = 0;

beforeEach(() => {
  vi.stubGlobal('fetch', fetchShipped);
  vi.spyOn(performance, 'now').mockImplementation(() => {
    ms += 1e-3;
    return ms;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** WebGPU that finds no adapter, or one of which it says `info`, and counts how often it is asked for one. */
function gpuWith(info: Partial<GPUAdapterInfo> | null) {
  const requestAdapter = vi.fn(async () => info && { info, features: new Set() });
  return { gpu: { requestAdapter } as unknown as GPU, requestAdapter };
}
const SWIFTSHADER = { vendor: 'google', architecture: 'swiftshader' };

type Costs = Readonly<Record<'webgpu' | 'cpu', number>>;

/** What runs pairs: models in WebAssembly on either side, whose targets take `costs` in milliseconds for a forward; and which pairs each side was asked for. */
function sidesOf(costs: Costs, storage = memoryStorage()) {
  const asked = { webgpu: [] as PairSpec[], cpu: [] as PairSpec[] };
  const side = (backend: 'webgpu' | 'cpu'): PairLoader => {
    const pairs = new CpuPairs(storage);
    return {
      ready: async (spec, report, signal) => {
        asked[backend].push(spec);
        const pair = await pairs.ready(spec, (progress) => report({ ...progress, backend }), signal);
        slowDown(pair.target.side, costs[backend]);
        return { ...pair, adapter: backend };
      },
      release: (model) => pairs.release(model),
      unload: () => pairs.unload(),
    };
  };
  return { sides: { webgpu: side('webgpu'), cpu: side('cpu') }, asked };
}

/** Every forward of `target` takes `costMs` from now on. */
function slowDown(target: Target, costMs: number): void {
  if (Object.hasOwn(target, 'verify')) return;
  const { verify } = target;
  target.verify = (...round) => {
    ms += costMs;
    return verify.apply(target, round);
  };
}

const EVEN: Costs = { webgpu: 5, cpu: 5 };
const CPU_FASTER: Costs = { webgpu: 20, cpu: 5 };

const FASTER = [
  { faster: 'cpu', costs: CPU_FASTER },
  { faster: 'webgpu', costs: { webgpu: 5, cpu: 20 } },
] as const;

describe('pairs', () => {
  it('are on the CPU where that was chosen, and WebGPU is not asked', async () => {
    const { gpu, requestAdapter } = gpuWith(null);
    const pairs = new Pairs({ gpu, storage: memoryStorage() });
    const first = await pairs.ready(shippedPair('draft'), () => undefined, never, { backend: 'cpu' });
    expect(first.adapter).toBe('CPU, WebAssembly');
    expect(first.computedBy).toEqual({ backend: 'cpu', because: { why: 'chosen' } });
    const again = await pairs.ready(shippedPair('draft'), () => undefined, never, { backend: 'cpu' });
    expect(again.target.side).toBe(first.target.side);
    expect(requestAdapter).not.toHaveBeenCalled();
  });

  it('are on WebGPU again once that is chosen; where it finds no adapter, on the CPU from then on', async () => {
    const { gpu, requestAdapter } = gpuWith(null);
    const pairs = new Pairs({ gpu, storage: memoryStorage() });
    const chosen = await pairs.ready(shippedPair('draft'), () => undefined, never, { backend: 'cpu' });
    const found = await pairs.ready(shippedPair('draft'), () => undefined, never, { backend: 'webgpu' });
    expect(requestAdapter).toHaveBeenCalled();
    // The models of the choice before were let go.
    expect(found.target.side).not.toBe(chosen.target.side);
    expect(found.adapter).toBe('CPU, WebAssembly');
    expect(found.computedBy).toEqual({ backend: 'cpu', because: { why: 'no-webgpu' } });
    const asked = requestAdapter.mock.calls.length;
    const last = await pairs.ready(shippedPair('draft'), () => undefined, never);
    expect([last.target.side, requestAdapter.mock.calls.length]).toEqual([found.target.side, asked]);
  });
});

describe('pairs that nobody chose a place for', () => {
  it('are on the CPU where there is no WebGPU', async () => {
    const pairs = new Pairs({ gpu: undefined, storage: memoryStorage() });
    const { computedBy } = await pairs.ready(shippedPair('draft'), () => undefined, never);
    expect(computedBy).toEqual({ backend: 'cpu', because: { why: 'no-webgpu' } });
  });

  it('are on a graphics card unmeasured', async () => {
    const { sides, asked } = sidesOf(EVEN);
    const pairs = new Pairs({ gpu: gpuWith({ vendor: 'nvidia', architecture: 'hopper' }).gpu, storage: memoryStorage() }, sides);
    const { computedBy } = await pairs.ready(shippedPair('draft'), () => undefined, never);
    expect(computedBy).toEqual({ backend: 'webgpu', because: { why: 'graphics-card' } });
    expect(asked.cpu).toEqual([]);
  });

  it.each(FASTER)('are on the faster of the two where the adapter is made of software: $faster', async ({ faster, costs }) => {
    const storage = memoryStorage();
    const { gpu } = gpuWith(SWIFTSHADER);
    const { sides, asked } = sidesOf(costs);
    const told: LoadProgress[] = [];
    const pair = await new Pairs({ gpu, storage }, sides).ready(shippedPair('draft'), (progress) => told.push(progress), never);
    expect(pair.computedBy).toMatchObject({ backend: faster, because: { why: 'faster' } });
    const because = pair.computedBy?.because;
    if (because?.why !== 'faster') throw new Error('it was not measured');
    const slower = faster === 'cpu' ? 'webgpu' : 'cpu';
    for (const backend of [faster, slower] as const) expect(because.decodeMs[backend]).toBeCloseTo(costs[backend], 1);
    // Nothing was told to be ready where it is not.
    const ready = told.filter(({ phase }) => phase === 'ready');
    expect(ready.map(({ backend }) => backend)).toEqual([faster, faster]);
    expect(new Set(ready.map(({ model }) => model))).toEqual(new Set(['target', 'draft']));
    // What was decoded to measure is in no cache.
    expect(pair.target.side.cachedLength).toBe(0);

    const before = asked[slower].length;
    const again = await new Pairs({ gpu, storage }, sides).ready(shippedPair('weak-draft'), () => undefined, never);
    expect(again.computedBy).toEqual(pair.computedBy);
    expect(asked[slower]).toHaveLength(before);
  });

  it('are measured again where other threads compute the target', async () => {
    const storage = memoryStorage();
    const { gpu } = gpuWith(SWIFTSHADER);
    const start = () => ({ end: () => undefined });
    const isMeasured = async (threads?: { count: number; areChosen: boolean }) => {
      const { sides, asked } = sidesOf(CPU_FASTER);
      await new Pairs({ gpu, storage, threads: threads && { ...threads, start } }, sides).ready(
        shippedPair('draft'),
        () => undefined,
        never,
      );
      return asked.webgpu.length > 0;
    };
    const { target } = shippedPair('draft');
    // So they were called while the embedded target had one of them.
    await new KeptDecodeTimes(storage).keep(target, `${adapterName(SWIFTSHADER, '')}, 2 threads`, { webgpu: 1, cpu: 2 });
    for (const threads of [{ count: 2, areChosen: false }, { count: 2, areChosen: true }, { count: 3, areChosen: true }, undefined]) {
      expect([await isMeasured(threads), await isMeasured(threads)]).toEqual([true, false]);
    }
  });

  it('are on WebGPU where the CPU cannot run them, which is said; plain runs stay there, and n-grams do not', async () => {
    const { sides, asked } = sidesOf(EVEN);
    const message = 'The head reads the hidden states of its target, which only WebGPU keeps.';
    const cpu: PairLoader = {
      ...sides.cpu,
      ready: async (spec, ...rest) => {
        if (spec.draft !== null) throw new FailureError('feature-missing', message, 'Draft by n-grams, or run on WebGPU.');
        return sides.cpu.ready(spec, ...rest);
      },
    };
    const pairs = new Pairs({ gpu: gpuWith(SWIFTSHADER).gpu, storage: memoryStorage() }, { ...sides, cpu });
    const pair = shippedPair('draft');
    const onWebGpu = { backend: 'webgpu', because: { why: 'other-cannot', message } };
    expect((await pairs.ready(pair, () => undefined, never)).computedBy).toEqual(onWebGpu);
    expect((await pairs.ready({ ...pair, draft: null }, () => undefined, never, { plain: true })).computedBy).toEqual(onWebGpu);
    expect(asked.cpu).toEqual([]);
    expect((await pairs.ready({ ...pair, draft: null }, () => undefined, never)).computedBy).toMatchObject({ because: { why: 'faster' } });
    // Where it was chosen, it is refused.
    await expect(pairs.ready(pair, () => undefined, never, { backend: 'cpu' })).rejects.toMatchObject({
      failure: { code: 'feature-missing' },
    });
  });

  it('go to the other where the one that was faster before can no more, which is said', async () => {
    const { sides } = sidesOf(CPU_FASTER);
    const storage = memoryStorage();
    const { gpu } = gpuWith(SWIFTSHADER);
    await new Pairs({ gpu, storage }, sides).ready(shippedPair('draft'), () => undefined, never);
    const message = 'There is no memory for it.';
    const full: PairLoader = {
      ...sides.cpu,
      ready: async () => {
        throw new FailureError('out-of-memory', message, 'Choose a smaller model.');
      },
    };
    const { computedBy } = await new Pairs({ gpu, storage }, { ...sides, cpu: full }).ready(shippedPair('draft'), () => undefined, never);
    expect(computedBy).toEqual({ backend: 'webgpu', because: { why: 'other-cannot', message } });
  });

  it('are on the CPU where WebGPU of software fails, which is said', async () => {
    const { sides } = sidesOf(EVEN);
    const failing: PairLoader = {
      ...sides.webgpu,
      ready: async () => {
        throw new FailureError('device-lost', 'The graphics device was lost.', 'Run again.');
      },
    };
    const pairs = new Pairs({ gpu: gpuWith(SWIFTSHADER).gpu, storage: memoryStorage() }, { ...sides, webgpu: failing });
    const { computedBy } = await pairs.ready(shippedPair('draft'), () => undefined, never);
    expect(computedBy).toEqual({ backend: 'cpu', because: { why: 'other-cannot', message: 'The graphics device was lost.' } });
  });

  it('end with the reason of the caller who stops while it is measured', async () => {
    const { sides, asked } = sidesOf(EVEN);
    const stop = new AbortController();
    const webgpu: PairLoader = {
      ...sides.webgpu,
      ready: (...task) => {
        stop.abort(new Error('stopped'));
        return sides.webgpu.ready(...task);
      },
    };
    const pairs = new Pairs({ gpu: gpuWith(SWIFTSHADER).gpu, storage: memoryStorage() }, { ...sides, webgpu });
    await expect(pairs.ready(shippedPair('draft'), () => undefined, stop.signal)).rejects.toThrow('stopped');
    const before = asked.cpu.length;
    // Half a measurement is not kept.
    await pairs.ready(shippedPair('draft'), () => undefined, never);
    expect(asked.cpu.length).toBeGreaterThan(before);
  });

  it('are told of by the engine with every load and run', async () => {
    const { sides } = sidesOf(CPU_FASTER);
    const pairs = new Pairs({ gpu: gpuWith(SWIFTSHADER).gpu, storage: memoryStorage() }, sides);
    const engine = new PairEngine(pairs, () => performance.now());
    const told: ComputedBy[] = [];
    await engine.load(
      { type: 'load', pair: shippedPair('draft') },
      (update) => {
        if (update.type === 'computed-by') told.push(update);
      },
      never,
    );
    expect(told).toMatchObject([{ backend: 'cpu', adapter: 'cpu', because: { why: 'faster' } }]);
  });
});

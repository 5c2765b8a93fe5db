import { expect, it } from 'vitest';
import { usableFeatures } from '../../src/gpu/adapter';

const features = (...names: string[]) => new Set(names) as unknown as GPUSupportedFeatures;
const usable = (info: Partial<GPUAdapterInfo>, ...names: string[]) =>
  usableFeatures({ features: features(...names), info: info as GPUAdapterInfo });

it('of an adapter only those features are used that web-llm asks for, and a clock', () => {
  expect(usable({})).toEqual([]);
  expect(usable({}, 'timestamp-query', 'depth-clip-control', 'shader-f16')).toEqual(['shader-f16', 'timestamp-query']);
});

it('subgroups of fewer than four threads count as none; of a size that is not told, as large enough', () => {
  expect(usable({}, 'subgroups')).toEqual(['subgroups']);
  expect(usable({ subgroupMinSize: 4 }, 'subgroups')).toEqual(['subgroups']);
  expect(usable({ subgroupMinSize: 2 }, 'subgroups', 'timestamp-query')).toEqual(['timestamp-query']);
});

import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mendMergeKernel } from '../../src/gpu/mergeKernel';

/** The text of each kernel of a library, by its name. */
function kernelsOf(file: string): ReadonlyMap<string, string> {
  const content = fs.readFileSync(path.resolve(import.meta.dirname, '../..', file));
  const text = (file.endsWith('.gzip') ? gunzipSync(content) : content).toString('latin1');
  const found = text.matchAll(/\/\/-+\n\/\/ Function: (\w+)\n[^\0]+\n}\n/g);
  return new Map([...found].map(([kernel, name = '']) => [name, kernel]));
}

const MLC = kernelsOf('test/fixtures/mlc-library/library.gzip');
const NAME = 'tir_attention_merge_state_kernel';

describe('the race in the kernel that merges two parts of an attention', () => {
  it('is mended in a library as MLC compiles it, by one barrier before a row’s log-sum-exp is written and after all of it was read', () => {
    const kernel = MLC.get(NAME) ?? '';
    const mended = mendMergeKernel(kernel);
    const lines = mended.split('\n');
    const [barrier] = lines.flatMap((line, at) => (line.includes('Barrier') ? [at] : []));
    expect(lines.filter((line) => line.includes('Barrier'))).toEqual(['  storageBarrier();']);
    expect(lines.filter((_, at) => at !== barrier).join('\n')).toBe(kernel);
    const touching = lines.flatMap((line, at) => (/\bS_ptr\[/.test(line) ? [{ at, line: line.trim() }] : []));
    expect(touching.map(({ line }) => line)).toEqual([
      's_val[0i] = S_ptr[((v__1 * podArgs.H) + i32(threadIdx.y))];',
      'S_ptr[((v__1 * podArgs.H) + i32(threadIdx.y))] = (log2((s_val[0i] + s_other_val[0i])) + s_max[0i]);',
    ]);
    expect(touching[1]?.at).toBe((barrier ?? 0) + 1);
  });

  it('is mended once', () => {
    const mended = mendMergeKernel(MLC.get(NAME) ?? '');
    expect(mendMergeKernel(mended)).toBe(mended);
  });

  it('is found by no other kernel, of MLC’s or of ours', () => {
    const ours = kernelsOf('public/libraries/smollm2-135m.wasm');
    expect([MLC.size > 30, ours.size > 10]).toEqual([true, true]);
    const changed = [...MLC, ...ours].filter(([, kernel]) => mendMergeKernel(kernel) !== kernel).map(([name]) => name);
    expect(changed).toEqual([NAME]);
  });
});

import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ModelSpec } from '../../src/catalog/spec';
import { hasRunFiles, isRunModel, isSameModel, runModelOf, withHalfCaches } from '../../src/catalog/spec';
import { SHELVES } from '../../src/catalog/storedModels';
import { CpuPairs } from '../../src/engine/cpuPairs';
import { applyDelta } from '../../src/formats/delta';
import { halveCache } from '../../src/gpu/halfCache';
import { prepareModel } from '../../src/model/webllm/loader';
import { memoryStorage } from '../../src/storage/memory';
import { kernelsOf } from '../gpu/support/libraryKernels';
import { shippedPair } from '../support/shipped';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => new Uint8Array(fs.readFileSync(path.join(ROOT, file)));
const asText = (content: Uint8Array) => new TextDecoder('iso-8859-1').decode(content);

type Kernels = ReturnType<typeof kernelsOf>;

interface Listed {
  readonly shape: string;
  readonly context: number;
  readonly libraries: readonly { readonly path: string; readonly delta?: { readonly path: string; readonly base: string } }[];
}
const SHAPES: readonly Listed[] = JSON.parse(asText(read('public/libraries/index.json')));
const OF_SHAPES = SHAPES.flatMap(({ shape, context, libraries }) => {
  const [, kvHeads, dim] = /-k(\d+)-d(\d+)-/.exec(shape) ?? [];
  return libraries.map((library) => ({ ...library, layer: 2 * Number(kvHeads) * context * Number(dim) }));
});

async function whole({ path: name, delta }: Listed['libraries'][number]): Promise<Uint8Array> {
  if (!delta) return read(`public/libraries/${name}`);
  const made = await applyDelta(read(`public/libraries/${delta.base}`), read(`public/libraries/${delta.path}`));
  if (!made) throw new Error(`${delta.path} makes nothing`);
  return made;
}

const SMOLLM2 = read('public/libraries/smollm2-135m.wasm');
const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

/** `content` with `from`, which is there, made `to`, which is as long. */
function changed(content: Uint8Array, from: string, to: string): Uint8Array {
  const text = asText(content);
  expect([text.includes(from), to.length]).toEqual([true, from.length]);
  return Uint8Array.from(text.replace(from, to), (each) => each.charCodeAt(0));
}

/** What of a kernel is not as ours are. */
const UNKNOWN_KERNELS = [
  ['reads it in a way that is not known', ' = cache_ptr[v__5>>2u];', ' = cache_ptr[v__5>>1u];'],
  ['writes its second number elsewhere', '1179644i)] = turned[1i];', '1179643i)] = turned[1i];'],
  ['writes its last number elsewhere', '1179636i)] = turned[3i];', '1179635i)] = turned[3i];'],
  ['writes its last number of another position', '(position[0i] & 3i)) - 1179636i)', '(position[1i] & 3i)) - 1179636i)'],
  ['knows it in another length', 'cache_ptr : array<f32, 786432>', 'cache_ptr : array<f32, 786433>'],
  ['knows it as other numbers', 'cache_ptr : array<vec4<f32>, 196608>', 'cache_ptr : array<vec2<f32>, 196608>'],
  ['begins in a way that is not known', '// Function: attend_row_kernel', '// Functions attend_row_kernel'],
  ['has its writes under another name', 'cache_ptr : array<f32, 786432>', 'cache_pt_ : array<f32, 786432>'],
] as const;

/** That `kernel` calls functions on its cache, and has those that it calls. */
function expectDefined(kernel: string): void {
  const calls = [...kernel.matchAll(/(?<!fn )\b((?:half|keep)_(?:key|value))\(/g)].map(([, name]) => name);
  expect([...new Set(calls)].sort()).toEqual(kernel.includes('keep_key') ? ['keep_key', 'keep_value'] : ['half_key', 'half_value']);
  for (const name of calls) expect(kernel).toContain(`fn ${name}(`);
}

describe('a cache in half precision', () => {
  it.each(OF_SHAPES)('is what $path has after its kernels are rewritten, and nothing else of it changes', async ({ layer, ...listed }) => {
    const library = await whole(listed);
    const halved = halveCache(library);
    if (!halved) throw new Error('it has no such cache');
    expect([halved.content.length, halved.askedBytes]).toEqual([library.length, 4 * layer]);
    const [before, after] = [asText(library), asText(halved.content)];
    const [kernels, rewritten] = [library, halved.content].map((content) => kernelsOf(content.slice().buffer)) as [Kernels, Kernels];
    const touched = [...kernels].filter(([, kernel]) => kernel.includes('cache_ptr'));
    // One kernel appends. Two attend, to one row and to several; or one, where that has the same text for both.
    const [, ...attending] = touched.map(([name]) => name).sort((a, b) => Number(b === 'rotate') - Number(a === 'rotate'));
    expect(['attend_rows', 'attend_row,attend_rows']).toContain(attending.sort().join());
    expect(count(after, new RegExp(`\\bcache_ptr : array<u32, ${layer / 2}>;`, 'g'))).toBe(1);
    expect(count(after, new RegExp(`\\bcache_ptr : array<vec4<u32>, ${layer / 8}>;`, 'g'))).toBe(attending.length);
    expect([count(after, /\bkeep_key\(\(/g), count(after, /\bkeep_value\(\(/g)]).toEqual([1, 1]);
    const reads = [/ = half_key\(/g, / = half_value\(/g].map((what) => count(after, what));
    expect(reads).toEqual([count(before, / = cache_ptr\[/g) / 2, count(before, / = cache_ptr\[/g) / 2]);
    const places = touched.map(([, kernel]) => {
      const at = before.indexOf(kernel);
      return { at, end: at + kernel.length + (/^\s*/.exec(before.slice(at + kernel.length))?.[0].length ?? 0) };
    });
    const rest = (text: string) => places.reduce((left, { at, end }) => left.slice(0, at) + ' '.repeat(end - at) + left.slice(end), text);
    expect(rest(after) === rest(before)).toBe(true);
    for (const [name, kernel] of touched) {
      expect(rewritten.get(name)).not.toBe(kernel);
      expectDefined(rewritten.get(name) ?? '');
    }
  });

  it.each(['target', 'target-subgroups', 'draft', 'draft-subgroups'])('is what the library %s of the embedded pair can have', (name) => {
    const halved = halveCache(read(`public/models/libraries/${name}.wasm`));
    const touched = [...kernelsOf(halved?.content.buffer ?? new ArrayBuffer())].filter(([, kernel]) => kernel.includes('cache_ptr'));
    expect(touched.map(([kernel]) => kernel).sort()).toEqual([
      ...(name.startsWith('draft') ? [] : ['attend_row']),
      ...['attend_rows', 'qkv_row', 'qkv_rows'],
      ...(name.startsWith('draft') ? ['rest_of_layer'] : []),
    ]);
    for (const [, kernel] of touched) expectDefined(kernel);
  });

  it('is none of a library as MLC compiles it', () => {
    expect(halveCache(new Uint8Array(gunzipSync(read('test/fixtures/mlc-library/library.gzip'))))).toBe(null);
  });

  it.each(UNKNOWN_KERNELS)('is none of a library of which a kernel %s', (_what, from, to) => {
    expect(halveCache(changed(SMOLLM2, from, to))).toBe(null);
  });

  it('is none of what is no library, or one cut short', () => {
    expect(halveCache(new Uint8Array(100))).toBe(null);
    const last = asText(SMOLLM2).lastIndexOf('cache_ptr');
    expect(halveCache(SMOLLM2.slice(0, last + 100))).toBe(null);
  });
});

describe('a model with such a cache', () => {
  const never = new AbortController().signal;
  const whole = shippedPair('draft');
  const halved = withHalfCaches(whole);

  it('is another one to load and to compare runs of, and the same one to store', () => {
    expect(isSameModel(whole.target, halved.target)).toBe(false);
    expect(isSameModel(halved.target, withHalfCaches(whole).target)).toBe(true);
    expect(isRunModel(runModelOf(halved.target), halved.target)).toBe(true);
    expect(isRunModel(runModelOf(whole.target), halved.target)).toBe(false);
    expect(hasRunFiles(runModelOf(whole.target), halved.target)).toBe(true);
    const { halfCache: _, ...rest } = halved.target;
    expect(rest).toEqual(whole.target);
    expect((halved.draft as ModelSpec).halfCache).toBe(true);
    expect(withHalfCaches({ ...whole, draft: 'itself' }).draft).toBe('itself');
  });

  it('is refused by name on the CPU, before anything is fetched', async () => {
    await expect(new CpuPairs(memoryStorage()).ready(halved, () => undefined, never)).rejects.toMatchObject({
      failure: { code: 'feature-missing', message: 'Target is to keep its cache in half precision, which only WebGPU does.' },
    });
  });

  it('is refused by name on a library that has no such cache', async () => {
    const storage = memoryStorage();
    const library = new Blob([new Uint8Array(gunzipSync(read('test/fixtures/mlc-library/library.gzip')))]);
    const about = { bytes: library.size, type: 'application/wasm', sha256: null };
    await (await storage.open(SHELVES.library)).put(halved.target.library.place, library.stream(), about);
    await expect(prepareModel(halved.target, storage, () => undefined, never)).rejects.toMatchObject({
      failure: {
        code: 'feature-missing',
        message: 'Target cannot keep its cache in half precision: its library is not one of Foretoken’s that this version knows.',
        hint: 'Keep its cache in full precision, or choose a model that runs on a library of this page.',
      },
    });
  });
});

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { applyDelta } from '../../src/formats/delta';
import { leb128 } from '../support/delta';

const packed = (...numbers: number[]) => new Uint8Array(gzipSync(Uint8Array.from(numbers.flatMap(leb128))));

describe('a delta', () => {
  const base = Uint8Array.of(1, 2, 3, 4);
  it.each([
    { what: 'is not packed', delta: Uint8Array.of(1, 2, 3) },
    { what: 'is empty', delta: packed() },
    { what: 'is cut in its pieces', delta: packed(2, 0, 4, 0, 0) },
    { what: 'is cut in its changes', delta: packed(1, 2, 4, 0, 0, 1) },
    { what: 'has fewer bytes to add than places', delta: packed(1, 2, 4, 0, 0, 1, 0, 7) },
    { what: 'has bytes left', delta: packed(1, 0, 4, 0, 0, 7) },
    { what: 'takes more than the base has', delta: packed(1, 0, 5, 0, 0) },
    { what: 'goes back behind the beginning', delta: packed(2, 0, 1, 0, 3, 1, 0, 0) },
    { what: 'changes what is past the end', delta: packed(1, 1, 4, 0, 0, 4, 7) },
    { what: 'makes more than a library can be', delta: packed(1, 0, 0, 2 ** 34, 0) },
    { what: 'has a number without an end', delta: new Uint8Array(gzipSync(new Uint8Array(40).fill(255))) },
    { what: 'unpacks to very much', delta: new Uint8Array(gzipSync(new Uint8Array(65 << 20))) },
  ])('that $what makes nothing', async ({ delta }) => {
    expect(await applyDelta(base, delta)).toBe(null);
  });
});

/** Bytes of an array that every WebGPU adapter binds to a kernel. */
const LARGEST_BINDING = 128 << 20;

/** What `_metadata` of a library tells web-llm. */
function compiledFor(library: Uint8Array): { readonly context: number; readonly layers: number } {
  const text = Buffer.from(library).toString('latin1');
  const [metadata = ''] = /\{"model_type": .*?"preprocs": \[\]\}\]\}/s.exec(text) ?? [];
  const { context_window_size: context, params } = JSON.parse(metadata) as { context_window_size: number; params: { name: string }[] };
  return { context, layers: params.filter(({ name }) => name.endsWith('.qkv') || name.endsWith('.qkv.0')).length };
}

/** Bytes of the largest array whose length a kernel of a library knows. */
function largestArray(library: Uint8Array): number {
  const text = Buffer.from(library).toString('latin1');
  const lengths = [...text.matchAll(/var<storage[^>]*> \w+ : array<(vec4<)?[fu]32>?, (\d+)>/g)].map(
    ([, four, count]) => (four ? 16 : 4) * Number(count),
  );
  return Math.max(...lengths);
}

describe('the libraries beside the page', () => {
  const folder = path.join(import.meta.dirname, '../../public/libraries');
  const read = (name: string) => new Uint8Array(fs.readFileSync(path.join(folder, name)));
  const about = (content: Uint8Array) => ({ bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
  interface Listed {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
  }
  interface Library extends Listed {
    readonly delta?: Listed & { readonly base: string };
  }
  interface Shape {
    readonly shape: string;
    readonly context: number;
    readonly libraries: readonly Library[];
  }
  const shapes: readonly Shape[] = JSON.parse(fs.readFileSync(path.join(folder, 'index.json'), 'utf8'));
  const libraries = shapes.flatMap(({ shape, context, libraries: of }) => of.map((library) => ({ shape, context, ...library })));

  it.each(libraries)('have $path, whole or by its delta', async ({ path: name, bytes: length, sha256, delta, shape, context }) => {
    if (delta) expect(about(read(delta.path))).toEqual({ bytes: delta.bytes, sha256: delta.sha256 });
    const content = delta ? await applyDelta(read(delta.base), read(delta.path)) : read(name);
    if (!content) throw new Error(`${delta?.path} makes nothing of ${delta?.base}`);
    expect(about(content)).toEqual({ bytes: length, sha256 });
    expect(WebAssembly.validate(content)).toBe(true);
    expect(compiledFor(content)).toEqual({ context, layers: Number(/-l(\d+)-/.exec(shape)?.[1]) });
    expect(largestArray(content)).toBeLessThanOrEqual(LARGEST_BINDING);
  });

  it('are all that is there', () => {
    const listed = libraries.map(({ path: name, delta }) => delta?.path ?? name);
    expect(fs.readdirSync(folder).sort()).toEqual([...listed, 'index.json'].sort());
  });
});

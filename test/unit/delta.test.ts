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
  const shapes: readonly { readonly libraries: readonly Library[] }[] = JSON.parse(
    fs.readFileSync(path.join(folder, 'index.json'), 'utf8'),
  );
  const libraries = shapes.flatMap((shape) => shape.libraries);

  it.each(libraries)('have $path, whole or by its delta', async ({ path: name, bytes: length, sha256, delta }) => {
    if (delta) expect(about(read(delta.path))).toEqual({ bytes: delta.bytes, sha256: delta.sha256 });
    const content = delta ? await applyDelta(read(delta.base), read(delta.path)) : read(name);
    expect(content && about(content)).toEqual({ bytes: length, sha256 });
  });

  it('are all that is there', () => {
    const listed = libraries.map(({ path: name, delta }) => delta?.path ?? name);
    expect(fs.readdirSync(folder).sort()).toEqual([...listed, 'index.json'].sort());
  });
});

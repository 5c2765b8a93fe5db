import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta } from '../../src/formats/delta';
import { leb128, makeDelta, type Piece } from '../support/delta';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const packed = (...numbers: number[]) => new Uint8Array(gzipSync(Uint8Array.from(numbers.flatMap(leb128))));

describe('a delta', () => {
  it('makes any bytes of any others', () =>
    fc.assert(
      fc.asyncProperty(bytes(300), bytes(300), async (base, content) => {
        expect(await applyDelta(base, makeDelta(base, content))).toEqual(content);
      }),
    ));

  it('makes what it was made for of pieces of the base, wherever they are moved', () => {
    const place = fc.nat(199);
    const piece = fc.record({ from: place, end: place, leave: fc.nat(200) });
    return fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 200, maxLength: 200 }),
        fc.array(piece, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(255)),
        async (base, chosen, noise) => {
          const pieces = chosen.map(({ from, end, leave }): Piece => ({ from, take: Math.max(0, end - from), leave }));
          const laid = pieces.flatMap(({ from, take, leave }) => [...base.subarray(from, from + take), ...Array<number>(leave).fill(0)]);
          // Every third byte, or so, is another.
          const content = Uint8Array.from(laid, (byte) => (noise.next().value % 3 === 0 ? noise.next().value : byte));
          expect(await applyDelta(base, makeDelta(base, content, pieces))).toEqual(content);
        },
      ),
    );
  });

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
    { what: 'changes what is behind the end', delta: packed(1, 1, 4, 0, 0, 4, 7) },
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

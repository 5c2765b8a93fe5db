import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDelta } from '../../src/formats/delta';
import { makeDelta, type Piece } from '../support/delta';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

describe('a delta', () => {
  it('makes any bytes of any others', () =>
    fc.assert(
      fc.asyncProperty(bytes(300), bytes(300), async (base, content) => {
        expect(await applyDelta(base, makeDelta(base, content))).toEqual(content);
      }),
    ));

  it('makes what it was made for of pieces of the base, wherever they are moved', () => {
    const place = fc.nat(199);
    const piece = fc.record({ from: place, end: place, zeros: fc.nat(200) });
    return fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 200, maxLength: 200 }),
        fc.array(piece, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(255)),
        async (base, chosen, noise) => {
          const pieces = chosen.map(({ from, end, zeros }): Piece => ({ from, take: Math.max(0, end - from), zeros }));
          const laid = pieces.flatMap(({ from, take, zeros }) => [...base.subarray(from, from + take), ...Array<number>(zeros).fill(0)]);
          // Every third byte, or so, is another.
          const content = Uint8Array.from(laid, (byte) => (noise.next().value % 3 === 0 ? noise.next().value : byte));
          expect(await applyDelta(base, makeDelta(base, content, pieces))).toEqual(content);
        },
      ),
    );
  });

  it('that is damaged makes nothing, or bytes within bounds', () =>
    fc.assert(
      fc.asyncProperty(bytes(60), bytes(60), fc.nat(), fc.integer({ min: 1, max: 255 }), async (base, content, at, change) => {
        const unpacked = new Uint8Array(gunzipSync(makeDelta(base, content)));
        const place = at % unpacked.length;
        unpacked[place] = (unpacked[place] ?? 0) ^ change;
        const made = await applyDelta(base, new Uint8Array(gzipSync(unpacked)));
        expect(made?.length ?? 0).toBeLessThanOrEqual(64 << 20);
      }),
    ));
});

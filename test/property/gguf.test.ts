import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../src/core/failure';
import { type ByteSource, convertGguf, openGguf } from '../../src/formats/gguf';
import { BLOCK_TYPES, type BlockType, dequantise } from '../../src/formats/gguf/blocks';
import { formFor, GroupedMatrix } from '../../src/formats/gguf/grouped';
import { randomBlocks } from '../support/gguf/blocks';
import { writeGguf } from '../support/gguf/file';
import { smallModel } from '../support/gguf/model';
import { unpack } from '../support/gguf/unpack';

const TINY = new Uint8Array(fs.readFileSync(path.resolve(import.meta.dirname, '../fixtures/gguf/tiny.gguf')));
const LIBRARY = { shape: '', name: 'Any', context: 64, prefillChunk: 32 };

/** What becomes of `bytes`: "converted", or the code that refuses them; and how much was read and written for it. */
async function outcome(bytes: Uint8Array) {
  let [read, written] = [0, 0];
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => {
      expect(offset + length).toBeLessThanOrEqual(bytes.length);
      read += length;
      return bytes.slice(offset, offset + length);
    },
  };
  try {
    const opened = await openGguf(source);
    for await (const file of convertGguf(opened, LIBRARY, () => {}, new AbortController().signal)) written += file.bytes.length;
    return { what: 'converted', read, written };
  } catch (thrown) {
    const { code, message, hint } = toFailure(thrown);
    expect(message.length).toBeLessThan(400);
    expect(hint).not.toBe('');
    return { what: code, read, written };
  }
}

/** Where a change does most: the names and numbers before the weights. */
const place = fc.nat({ max: TINY.length - 1 });
const number = fc.oneof(
  fc.constantFrom(0n, 1n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 20n }),
);
const change = fc.record({ at: place, value: number, width: fc.constantFrom(1, 4, 8) });

describe('any damage to a GGUF file', () => {
  it('is read or refused by name, within what the file itself takes', async () => {
    const cut = fc.oneof({ weight: 3, arbitrary: fc.constant(TINY.length) }, { weight: 1, arbitrary: place });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), cut, async (changes, length) => {
        const bytes = TINY.slice(0, length);
        for (const { at, value, width } of changes) {
          for (let i = 0; i < width && at + i < length; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
        }
        const { what, read, written } = await outcome(bytes);
        expect(['converted', 'gguf-invalid', 'gguf-unsupported']).toContain(what);
        expect(read).toBeLessThanOrEqual(3 * TINY.length);
        expect(written).toBeLessThanOrEqual(4 * TINY.length);
      }),
      { numRuns: 400 },
    );
  });

  it('to what it says of itself is read or refused by name', async () => {
    const whole = smallModel('llama', { all: 'Q4_0' });
    const value = fc.oneof(
      fc.constantFrom(0, 1, 2, 3, 64, 255, 65_536, 2 ** 31, 2 ** 32 - 1).map((each) => ['u32', each] as const),
      fc.constantFrom(0, -1, 1e-30, 1e30).map((each) => ['f32', each] as const),
      fc.string({ unit: 'binary', maxLength: 40 }).map((each) => ['string', each] as const),
      fc.array(fc.string({ maxLength: 5 }), { maxLength: 300 }).map((each) => ['strings', each] as const),
      fc.boolean().map((each) => ['bool', each] as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...whole.metadata.keys()), value, async (key, changed) => {
        const metadata = new Map(whole.metadata).set(key, changed);
        const { what } = await outcome(writeGguf({ metadata, tensors: whole.tensors }));
        expect(['converted', 'gguf-invalid', 'gguf-unsupported']).toContain(what);
      }),
      { numRuns: 60 },
    );
  });

  it('is not seen in one that is whole', async () => {
    expect((await outcome(TINY)).what).toBe('converted');
  });
});

describe('matrices of any types, side by side', () => {
  it('are read by a kernel as the weights that the file means', () => {
    const types = fc.array(fc.constantFrom(...BLOCK_TYPES.values()), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(types, fc.nat(1e6), fc.constantFrom(256, 512), fc.boolean(), (parts: BlockType[], seed, inner, normal) => {
        const matrix = new GroupedMatrix(formFor(parts), inner, 16 * parts.length, 0);
        const weights = parts.flatMap((type, index) => {
          const bytes = randomBlocks(type.name, seed + index, (inner * 16) / type.weights, normal);
          for (let row = 0; row < 16; row++) matrix.put(16 * index + row, bytes, row * (inner / type.weights) * type.bytes, type);
          return [...dequantise(bytes, type)];
        });
        const { columns, weights: read } = unpack(new Uint8Array(matrix.words().buffer));
        const differs = weights.findIndex((weight, i) => weight !== read[(i % inner) * columns + Math.floor(i / inner)]);
        expect(differs).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });
});

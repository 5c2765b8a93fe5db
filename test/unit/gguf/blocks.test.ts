import { describe, expect, it } from 'vitest';
import { BLOCK_TYPES, dequantise } from '../../../src/formats/gguf/blocks';
import { half, halfBits, readFloats } from '../../../src/formats/gguf/floats';
import { formFor, GroupedMatrix, packedWords, partsOf } from '../../../src/formats/gguf/grouped';
import blocks from '../../fixtures/gguf/blocks.json';
import packed from '../../fixtures/gguf/packed.json';
import { randomBlocks, typeOf } from '../../support/gguf/blocks';
import { digest, sha256 } from '../../support/gguf/sha';
import { unpack } from '../../support/gguf/unpack';

function blockType(name: string) {
  const type = BLOCK_TYPES.get(name);
  if (!type) throw new Error(`${name} cannot be read.`);
  return type;
}

/** Matrices of 256 by 16, a row of blocks a column, side by side, as make.py makes them. */
function fuse({ types: names, normal }: { readonly types: readonly string[]; readonly normal: boolean }): {
  readonly words: Uint32Array;
  readonly weights: Float32Array;
} {
  const types = names.map(blockType);
  const matrix = new GroupedMatrix(formFor(types), 256, 16 * names.length, 0);
  const weights = types.flatMap((type, index) => {
    const bytes = randomBlocks(type.name, 100 * index + typeOf(type.name).id, (256 * 16) / type.weights, normal);
    for (let row = 0; row < 16; row++) matrix.put(16 * index + row, bytes, row * (256 / type.weights) * type.bytes, type);
    return [...dequantise(bytes, type)];
  });
  return { words: matrix.words(), weights: Float32Array.from(weights) };
}

describe('weights of a file', () => {
  it.each(Object.entries(blocks))('in %s mean what ggml’s own package reads of them', (name, expected) => {
    const bytes = randomBlocks(name, 7 + typeOf(name).id, 300);
    const type = BLOCK_TYPES.get(name);
    const weights = type ? dequantise(bytes, type) : readFloats(bytes, typeOf(name));
    expect([...weights.slice(0, 4)].map((value) => value + 0)).toEqual(expected.first.map((value) => value + 0));
    expect(digest(weights)).toBe(expected.sha256);
  });

  it('that are not finite are refused', () => {
    for (const [name, bytes] of Object.entries({ F32: [0, 0, 128, 127], F16: [0, 124], BF16: [192, 255] })) {
      expect(() => readFloats(Uint8Array.from(bytes), typeOf(name)), name).toThrow('not finite');
    }
    const matrix = new GroupedMatrix(formFor([blockType('Q4_0')]), 64, 16, 0);
    matrix.put(
      5,
      Uint8Array.from({ length: 36 }, (_, i) => (i % 18 === 1 ? 0x7e : 0)),
      0,
      blockType('Q4_0'),
    );
    expect(() => matrix.words()).toThrow('not a finite number');
  });
});

describe('float16', () => {
  it('comes back from every one of its values but those that are subnormal or not finite, and from no other number', () => {
    const differ = Array.from({ length: 1 << 16 }, (_, bits) => bits).filter((bits) => {
      const value = half(Uint8Array.of(bits & 255, bits >> 8), 0);
      const kept = Number.isFinite(value) && (value === 0 || Math.abs(value) >= 2 ** -14);
      return halfBits(value) !== (kept ? bits : null);
    });
    expect(differ).toEqual([]);
    for (const value of [1 + 2 ** -11, 2 ** -25, 65536, 65505, 1e-8, 0.1]) expect(halfBits(value), String(value)).toBeNull();
  });
});

describe('a packed matrix', () => {
  it.each(packed)(
    'of $types (normal halves: $normal) is the one that the kernels’ own packing makes',
    ({ words, form, sha256: expected, ...matrix }) => {
      const made = fuse(matrix);
      expect([made.words.length, made.words[3]]).toEqual([words, form]);
      expect(sha256(new Uint8Array(made.words.buffer))).toBe(expected);
    },
  );

  it.each(packed)('of $types (normal halves: $normal) is read as the weights that the file means', (matrix) => {
    const { words, weights } = fuse(matrix);
    const { inner, columns, weights: read } = unpack(new Uint8Array(words.buffer));
    const differ = [...weights.keys()].filter((i) => weights[i] !== read[(i % inner) * columns + Math.floor(i / inner)]);
    expect(differ).toEqual([]);
  });

  it('keeps to what a device must be able to bind, in parts of whole columns', () => {
    // The embeddings of Qwen2.5 7B, Llama 3.1 8B, and SmolLM2 135M.
    for (const [inner, columns] of [
      [3584, 152064],
      [4096, 128256],
      [576, 49152],
    ] as const) {
      const parts = partsOf(inner, columns);
      expect(columns % (16 * parts)).toBe(0);
      expect((inner * columns * 12) / 8 / parts + 32).toBeLessThanOrEqual(128 << 20);
    }
    expect(partsOf(576, 49152)).toBe(1);
    expect(() => partsOf(1 << 30, 16)).toThrow('cannot be cut');
  });

  it('takes as many words as are foretold, or fewer where free offsets are halves', () => {
    for (const { types, words } of packed) {
      const form = formFor(types.map(blockType));
      const foretold = packedWords(form, 256, 16 * types.length);
      if (form.zero === null) expect(words).toBeLessThanOrEqual(foretold);
      else expect(words).toBe(foretold);
    }
  });
});

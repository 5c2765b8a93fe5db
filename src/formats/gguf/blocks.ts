import { half } from './floats';

/**
 * A type whose blocks are groups of codes: w = scale * code + offset, exactly as the file means it (ggml-quants.c, `dequantize_row_*`). Where there is
 * a `zero`, the code that stands for no weight, every offset is -zero * scale and w = scale * (code - zero), which rounds less.
 */
export interface BlockType {
  readonly name: string;
  /** Of a block; `bytes` likewise. */
  readonly weights: number;
  readonly bytes: number;
  /** Of a code as it is packed: 4 or 8. */
  readonly bits: 4 | 8;
  /** Weights that share a scale: 16 or 32. */
  readonly group: 16 | 32;
  readonly zero: number | null;
  /** Unpacks the block that begins at `at`: `codes` gets one entry a weight, `scales` and `offsets` one a group, each from its own index on. */
  read(
    bytes: Uint8Array,
    at: number,
    codes: Uint8Array,
    codeAt: number,
    scales: Float32Array,
    offsets: Float32Array,
    groupAt: number,
  ): void;
}

/** Codes of 32 weights: low nibbles are the first 16, high ones the last; the fifth bits are those of the word at `fifth`, where there is one. */
function readNibbles(bytes: Uint8Array, at: number, codes: Uint8Array, codeAt: number, fifth = -1): void {
  for (let i = 0; i < 16; i++) {
    const byte = bytes[at + i] ?? 0;
    codes[codeAt + i] = byte & 15;
    codes[codeAt + i + 16] = byte >> 4;
  }
  if (fifth < 0) return;
  for (let i = 0; i < 32; i++) codes[codeAt + i] = (codes[codeAt + i] ?? 0) | ((((bytes[fifth + (i >> 3)] ?? 0) >> (i & 7)) & 1) << 4);
}

/** One group of 32: a scale, an offset where `zero` is null, and codes. */
function simple(
  name: string,
  bytes: number,
  bits: 4 | 8,
  zero: number | null,
  readCodes: (...block: [Uint8Array, number, Uint8Array, number]) => void,
): BlockType {
  return {
    ...{ name, weights: 32, bytes, bits, group: 32, zero },
    read(from, at, codes, codeAt, scales, offsets, groupAt) {
      const scale = half(from, at);
      scales[groupAt] = scale;
      offsets[groupAt] = zero === null ? half(from, at + 2) : -zero * scale;
      readCodes(from, at + (zero === null ? 4 : 2), codes, codeAt);
    },
  };
}

/** The 6-bit scale (or, with `minimum`, minimum) of group `i` of a Q4_K or Q5_K block, whose twelve bytes of them begin at `at`. */
function sixBits(bytes: Uint8Array, at: number, i: number, minimum: boolean): number {
  const low = bytes[at + (i & 3)] ?? 0;
  const middle = bytes[at + (i & 3) + 4] ?? 0;
  if (i < 4) return (minimum ? middle : low) & 63;
  const high = bytes[at + i + 4] ?? 0;
  return minimum ? (high >> 4) | ((middle >> 6) << 4) : (high & 15) | ((low >> 6) << 4);
}

/** Eight groups of 32: scale d * sc, offset -(dmin * m). Nibbles in runs of 32 bytes, low ones first; the fifth bit of group g is bit g of 32 bytes. */
function superblock(name: string, bytes: number, bits: 4 | 8, fifth: boolean): BlockType {
  return {
    ...{ name, weights: 256, bytes, bits, group: 32, zero: null },
    read(from, at, codes, codeAt, scales, offsets, groupAt) {
      const [d, dmin] = [half(from, at), half(from, at + 2)];
      const nibbles = at + (fifth ? 48 : 16);
      for (let group = 0; group < 8; group++) {
        scales[groupAt + group] = d * sixBits(from, at + 4, group, false);
        offsets[groupAt + group] = -(dmin * sixBits(from, at + 4, group, true));
        for (let i = 0; i < 32; i++) {
          const nibble = ((from[nibbles + (group >> 1) * 32 + i] ?? 0) >> (4 * (group & 1))) & 15;
          const high = fifth ? (((from[at + 16 + i] ?? 0) >> group) & 1) << 4 : 0;
          codes[codeAt + 32 * group + i] = nibble | high;
        }
      }
    },
  };
}

/** Sixteen groups of 16, codes of six bits in two halves of 128: four low bits in `ql`, two high ones in `qh`. */
const Q6_K: BlockType = {
  ...{ name: 'Q6_K', weights: 256, bytes: 210, bits: 8, group: 16, zero: 32 },
  read(from, at, codes, codeAt, scales, offsets, groupAt) {
    const d = half(from, at + 208);
    for (let group = 0; group < 16; group++) {
      const scale = d * (((from[at + 192 + group] ?? 0) << 24) >> 24);
      scales[groupAt + group] = scale;
      offsets[groupAt + group] = -32 * scale;
    }
    for (let i = 0; i < 256; i++) {
      const [upper, run, place] = [i >> 7, (i >> 5) & 3, i & 31];
      const low = ((from[at + 64 * upper + 32 * (run & 1) + place] ?? 0) >> (4 * (run >> 1))) & 15;
      const high = ((from[at + 128 + 32 * upper + place] ?? 0) >> (2 * run)) & 3;
      codes[codeAt + i] = low | (high << 4);
    }
  },
};

const nibbles = (bytes: Uint8Array, at: number, codes: Uint8Array, codeAt: number) => readNibbles(bytes, at, codes, codeAt);
const fiveBits = (bytes: Uint8Array, at: number, codes: Uint8Array, codeAt: number) => readNibbles(bytes, at + 4, codes, codeAt, at);
/** A signed byte + 128. */
const signedBytes = (bytes: Uint8Array, at: number, codes: Uint8Array, codeAt: number) => {
  for (let i = 0; i < 32; i++) codes[codeAt + i] = (bytes[at + i] ?? 0) ^ 128;
};

/** What matrices may be stored in, by name. */
export const BLOCK_TYPES: ReadonlyMap<string, BlockType> = new Map(
  [
    simple('Q4_0', 18, 4, 8, nibbles),
    simple('Q4_1', 20, 4, null, nibbles),
    simple('Q5_0', 22, 8, 16, fiveBits),
    simple('Q5_1', 24, 8, null, fiveBits),
    simple('Q8_0', 34, 8, 128, signedBytes),
    superblock('Q4_K', 144, 4, false),
    superblock('Q5_K', 176, 8, true),
    Q6_K,
  ].map((type) => [type.name, type]),
);

/** The weights of whole blocks, as float32: the reference that every other reading of them is compared with. */
export function dequantise(bytes: Uint8Array, type: BlockType): Float32Array {
  const blocks = bytes.length / type.bytes;
  const codes = new Uint8Array(type.weights);
  const [scales, offsets] = [new Float32Array(type.weights / type.group), new Float32Array(type.weights / type.group)];
  const weights = new Float32Array(blocks * type.weights);
  for (let block = 0; block < blocks; block++) {
    type.read(bytes, block * type.bytes, codes, 0, scales, offsets, 0);
    for (const [i, code] of codes.entries()) {
      const group = Math.floor(i / type.group);
      const [scale = 0, offset = 0] = [scales[group], offsets[group]];
      weights[block * type.weights + i] = type.zero === null ? Math.fround(scale * code) + offset : scale * (code - type.zero);
    }
  }
  return weights;
}

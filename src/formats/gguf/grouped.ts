import type { BlockType } from './blocks';
import { halfBits } from './floats';
import { invalid } from './refusals';

/**
 * A matrix of grouped weights as the kernels read it: training/library/grouped.py says how, to the bit, and a test compares the two. Columns are put in
 * one after another, in any order; `words` then lays them out.
 */
const MARK = 0x31475446;
const HEADER_WORDS = 8;
const [HALVES, SCALES, FLOATS] = [0, 1, 2];
/** The least that WebGPU lets every adapter bind to a kernel, and the bits of a weight in the form that takes most. */
export const LARGEST_BINDING = 128 << 20;
const MOST_BITS = 12;
const PART_COLUMNS = 16;

/** The narrowest form that holds matrices of several types exactly, side by side. */
export interface GroupForm {
  readonly bits: 4 | 8;
  readonly group: 16 | 32;
  readonly zero: number | null;
}

/** `fuse` of grouped.py, for types of which no code is beyond 8 bits after it moves up to the largest zero. */
export function formFor(types: readonly BlockType[]): GroupForm {
  const zeros = types.flatMap(({ zero }) => (zero === null ? [] : [zero]));
  const zero = zeros.length === types.length ? Math.max(...zeros) : null;
  const bits = types.some((type) => type.bits === 8 || (zero !== null && type.zero !== zero)) ? 8 : 4;
  return { bits, group: types.some(({ group }) => group === 16) ? 16 : 32, zero };
}

/** In how many arrays of as many columns each a matrix is kept, so that each can be bound whatever its form. */
export function partsOf(inner: number, columns: number): number {
  for (let parts = 1; parts <= columns / PART_COLUMNS; parts++) {
    const bytes = Math.floor((inner * (columns / parts) * MOST_BITS) / 8) + 4 * HEADER_WORDS;
    if (columns % (parts * PART_COLUMNS) === 0 && bytes <= LARGEST_BINDING) return parts;
  }
  throw invalid(`one of its matrices, ${inner} by ${columns}, cannot be cut into parts that a device can bind`);
}

/** Words of a packed matrix of `form`, at most: a matrix without a zero whose scales and offsets are halves takes less. */
export function packedWords({ bits, group, zero }: GroupForm, inner: number, columns: number): number {
  const codes = (inner * columns * bits) / 32;
  return partsOf(inner, columns) * HEADER_WORDS + codes + (inner / group) * columns * (zero === null ? 2 : 1);
}

/** Sides that can be packed. */
export function canPack(inner: number, columns: number): boolean {
  return inner % 64 === 0 && columns % 16 === 0;
}

export class GroupedMatrix {
  readonly #codes: Uint32Array;
  readonly #scales: Float32Array;
  readonly #offsets: Float32Array;
  readonly #block = { codes: new Uint8Array(256), scales: new Float32Array(16), offsets: new Float32Array(16) };

  /** @param first the column of the whole matrix that is this part's first */
  constructor(
    readonly form: GroupForm,
    readonly inner: number,
    readonly columns: number,
    readonly first: number,
  ) {
    this.#codes = new Uint32Array((inner * columns * form.bits) / 32);
    this.#scales = new Float32Array((inner / form.group) * columns);
    this.#offsets = new Float32Array(this.#scales.length);
  }

  /** Whether column `column` of the whole matrix is of this part. */
  has(column: number): boolean {
    return column >= this.first && column < this.first + this.columns;
  }

  /** The row of whole blocks at `at` becomes column `whole` of the whole matrix. */
  put(whole: number, bytes: Uint8Array, at: number, type: BlockType): void {
    const column = whole - this.first;
    const { codes, scales, offsets } = this.#block;
    const { bits, group } = this.form;
    const shift = (this.form.zero ?? 0) - (this.form.zero === null ? 0 : (type.zero ?? 0));
    const perWord = 32 / bits;
    const times = type.group / group;
    for (let start = 0; start < this.inner; start += type.weights) {
      type.read(bytes, at + (start / type.weights) * type.bytes, codes, 0, scales, offsets, 0);
      for (let i = 0; i < type.weights; i += perWord) {
        let word = 0;
        for (let k = 0; k < perWord; k++) word |= ((codes[i + k] ?? 0) + shift) << (8 * (k & 3) + 4 * (k >> 2));
        this.#codes[((start + i) / perWord) * this.columns + column] = word;
      }
      for (let g = 0; g < type.weights / group; g++) {
        const place = (start / group + g) * this.columns + column;
        const [scale = 0, offset = 0] = [scales[Math.floor(g / times)], offsets[Math.floor(g / times)]];
        this.#scales[place] = scale;
        this.#offsets[place] = offset;
      }
    }
  }

  /** All of it, laid out. @throws FailureError gguf-invalid where a scale or an offset is not a finite number */
  words(): Uint32Array {
    const [scales, offsets] = [this.#scales, this.#offsets];
    for (let i = 0; i < scales.length; i++) {
      if (!Number.isFinite(scales[i]) || !Number.isFinite(offsets[i])) throw invalid('a scale of its weights is not a finite number');
    }
    const { bits, group, zero } = this.form;
    const halves = zero === null ? this.#halves() : null;
    const form = zero !== null ? SCALES : halves ? HALVES : FLOATS;
    const behind = HEADER_WORDS + this.#codes.length;
    const words = new Uint32Array(behind + scales.length * (form === FLOATS ? 2 : 1));
    const factor = new Uint32Array(Float32Array.of(zero === null ? 1 : -zero).buffer)[0] ?? 0;
    words.set([MARK, bits, group, form ?? 0, factor, this.first, this.inner, this.columns]);
    words.set(this.#codes, HEADER_WORDS);
    if (halves) words.set(halves, behind);
    else if (form === SCALES) words.set(new Uint32Array(scales.buffer), behind);
    else this.#interleave(new Float32Array(words.buffer, 4 * behind));
    return words;
  }

  /** Each scale with its offset in one word; null where one is not exactly a half. */
  #halves(): Uint32Array | null {
    const words = new Uint32Array(this.#scales.length);
    for (let i = 0; i < words.length; i++) {
      const [scale, offset] = [halfBits(this.#scales[i] ?? 0), halfBits(this.#offsets[i] ?? 0)];
      if (scale === null || offset === null) return null;
      words[i] = scale | (offset << 16);
    }
    return words;
  }

  /** Four scales, then the offsets of the same four columns, and so on. */
  #interleave(into: Float32Array): void {
    for (let four = 0; four < this.#scales.length; four += 4) {
      into.set(this.#scales.subarray(four, four + 4), 2 * four);
      into.set(this.#offsets.subarray(four, four + 4), 2 * four + 4);
    }
  }
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halveCache } from '../../src/gpu/halfCache';
import { someNumbers } from '../support/packedWords';
import { download } from './support/buffers';
import { openDevice, withSubgroups } from './support/device';
import { kernelsOf, LibraryKernel } from './support/libraryKernels';

/** SmolLM2's. */
const [HEADS, KV_HEADS, DIM, CONTEXT] = [9, 3, 64, 2048];
const GROUP = HEADS / KV_HEADS;
const COLUMNS = (HEADS + 2 * KV_HEADS) * DIM;
/** Rows of a workgroup that attends to several. */
const TILE = 5;
const NUMBERS = 2 * KV_HEADS * CONTEXT * DIM;
const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
/** In words that no kernel writes. */
const UNTOUCHED = 0xffffffff;

let device: GPUDevice;

beforeAll(async () => {
  device = await openDevice(withSubgroups);
  device.onuncapturederror = ({ error }) => {
    throw new Error(error.message);
  };
});
afterAll(() => device.destroy());

/** A float16 from its bits. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent === 0 ? fraction * 2 ** -24 : 2 ** (exponent - 15) * (1 + fraction / 1024));
}

/** Where the cache in full precision has component `d` of the key, or of the value, at `position`, as training/library/attention.py says. */
const keyAt = (head: number, position: number, d: number) =>
  head * CONTEXT * DIM + Math.floor(position / 4) * 4 * DIM + d * 4 + (position % 4);
const valueAt = (head: number, position: number, d: number) => (KV_HEADS + head) * CONTEXT * DIM + position * DIM + d;

/** What `words`, the cache in half precision, has of the number that lies at `at` in full precision. */
function halfAt(words: Uint32Array, at: number): number {
  const isKey = at < NUMBERS / 2;
  const word = words[isKey ? Math.floor(at / 8) * 4 + (at % 4) : Math.floor(at / 2)] as number;
  const isHigh = isKey ? Math.floor(at / 4) % 2 : at % 2;
  return half(isHigh ? word >>> 16 : word & 0xffff);
}

function upload(data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: STORAGE });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Queries, keys and values of `rows` tokens, before the rotation. */
function someRows(rows: number, seed: number): Float32Array<ArrayBuffer> {
  const next = someNumbers(seed);
  return Float32Array.from({ length: rows * COLUMNS }, () => next() * 4 - 2);
}

function rotations(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: CONTEXT * DIM }, (_, i) => {
    const angle = Math.floor(i / DIM) * 10_000 ** (-(2 * Math.floor((i % DIM) / 2)) / DIM);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** The kernels of a library that touch the cache, and one cache. */
class Attention {
  readonly cache: GPUBuffer;
  readonly #kernels: Readonly<Record<'rotate' | 'row' | 'rows', LibraryKernel>>;
  readonly #rope = upload(rotations());
  readonly #none = upload(new Float32Array(COLUMNS));

  private constructor(cache: GPUBuffer, kernels: Readonly<Record<'rotate' | 'row' | 'rows', LibraryKernel>>) {
    this.cache = cache;
    this.#kernels = kernels;
  }

  /** @param words of the cache */
  static async create(library: ArrayBuffer, words: number): Promise<Attention> {
    const texts = kernelsOf(library);
    const [rotate, row, rows] = await Promise.all(
      ['rotate', 'attend_row', 'attend_rows'].map((name) => LibraryKernel.create(device, texts.get(name) ?? '')),
    );
    if (!rotate || !row || !rows) throw new Error('a kernel is missing');
    return new Attention(upload(new Uint32Array(words).fill(UNTOUCHED)), { rotate, row, rows });
  }

  /** Appends tokens behind `before` others. -> their queries, rotated. */
  async append(qkv: Float32Array<ArrayBuffer>, before: number): Promise<Float32Array<ArrayBuffer>> {
    const rows = qkv.length / COLUMNS;
    const q = upload(new Float32Array(rows * HEADS * DIM));
    const input = upload(qkv);
    const encoder = device.createCommandEncoder();
    const unused = { bias: this.#none, q_gains: this.#none, k_gains: this.#none };
    const buffers = { ...unused, qkv: input, rope: this.#rope, cache: this.cache, q };
    this.#kernels.rotate.dispatch(encoder, buffers, { n: rows, start: before + 1 }, [HEADS + 2 * KV_HEADS, rows]);
    device.queue.submit([encoder.finish()]);
    const result = new Float32Array(await download(device, q));
    for (const buffer of [q, input]) buffer.destroy();
    return result;
  }

  /** What the queries `q` of tokens behind `before` others get. */
  async attend(q: Float32Array<ArrayBuffer>, before: number): Promise<Float32Array<ArrayBuffer>> {
    const rows = q.length / (HEADS * DIM);
    const [input, out] = [upload(q), upload(new Float32Array(q.length))];
    const encoder = device.createCommandEncoder();
    const kernel = rows === 1 ? this.#kernels.row : this.#kernels.rows;
    const groups = [KV_HEADS, rows === 1 ? 1 : Math.ceil(rows / TILE)] as const;
    kernel.dispatch(encoder, { q: input, cache: this.cache, out }, { n: rows, start: before + 1 }, groups);
    device.queue.submit([encoder.finish()]);
    const result = new Float32Array(await download(device, out));
    for (const buffer of [input, out]) buffer.destroy();
    return result;
  }

  async words(): Promise<Uint32Array> {
    return new Uint32Array(await download(device, this.cache));
  }
}

const bits = (values: Float32Array<ArrayBuffer>) => new Uint32Array(values.buffer, values.byteOffset, values.length);
const rowsOf = (values: Float32Array<ArrayBuffer>, first: number, count: number) =>
  values.slice(first * HEADS * DIM, (first + count) * HEADS * DIM);

/** Attention in double precision over what `words` holds of `length` tokens. */
function attended(q: Float32Array, words: Uint32Array, length: number): number[] {
  return Array.from({ length: HEADS }, (_, head) => {
    const of = Math.floor(head / GROUP);
    const query = q.subarray(head * DIM, (head + 1) * DIM);
    const scores = Array.from(
      { length },
      (_each, position) => query.reduce((sum, x, d) => sum + x * halfAt(words, keyAt(of, position, d)), 0) / Math.sqrt(DIM),
    );
    const top = Math.max(...scores);
    const weights = scores.map((score) => Math.exp(score - top));
    const total = weights.reduce((sum, each) => sum + each, 0);
    return Array.from({ length: DIM }, (_each, d) =>
      weights.reduce((sum, weight, position) => sum + (weight / total) * halfAt(words, valueAt(of, position, d)), 0),
    );
  }).flat();
}

for (const variant of ['', '-subgroups']) {
  describe(`a cache in half precision, library smollm2-135m${variant}`, () => {
    let library: ArrayBuffer;
    let halved: ArrayBuffer;
    const isLeftOut = () => variant !== '' && !device.features.has('subgroups');

    beforeAll(async () => {
      library = await (await fetch(`/libraries/smollm2-135m${variant}.wasm`)).arrayBuffer();
      halved = halveCache(new Uint8Array(library))?.content.buffer ?? new ArrayBuffer();
    });

    it('holds what the other holds, each number rounded to a half, and nothing beside it', async () => {
      if (isLeftOut()) return;
      const [whole, small] = [await Attention.create(library, NUMBERS), await Attention.create(halved, NUMBERS / 2)];
      // From the middle of a block of four positions to the middle of another.
      const [before, rows] = [6, 17];
      const qkv = someRows(rows, 1);
      expect(bits(await small.append(qkv, before))).toEqual(bits(await whole.append(qkv, before)));
      const [wanted, words] = [new Float32Array((await whole.words()).buffer), await small.words()];
      for (let head = 0; head < KV_HEADS; head++) {
        for (let position = before; position < before + rows; position++) {
          for (let d = 0; d < DIM; d++) {
            for (const at of [keyAt(head, position, d), valueAt(head, position, d)]) {
              const value = wanted[at] as number;
              // WebGPU says not which way it rounds: a step of a half is 2^-10 of it at most.
              expect(Math.abs(halfAt(words, at) - value), `${at}`).toBeLessThanOrEqual(Math.abs(value) * 2 ** -10 + 2 ** -24);
            }
          }
        }
      }
      expect(words.reduce((sum, word) => sum + Number(word !== UNTOUCHED), 0)).toBe(rows * KV_HEADS * DIM);
    });

    it('is read to the same bits by 1, 5 and 17 rows, as double precision computes it', async () => {
      if (isLeftOut()) return;
      const small = await Attention.create(halved, NUMBERS / 2);
      // A chunk of 64 keys, and a part of another.
      const [length, rows] = [75, 17];
      const q = await small.append(someRows(length, 2), 0);
      const words = await small.words();
      const single: Float32Array<ArrayBuffer>[] = [];
      for (let row = length - rows; row < length; row++) {
        const one = await small.attend(rowsOf(q, row, 1), row);
        const reference = attended(rowsOf(q, row, 1), words, row + 1);
        const worst = one.reduce((most, value, i) => Math.max(most, Math.abs(value - (reference[i] as number))), 0);
        expect(worst, `row ${row}`).toBeLessThan(1e-5);
        single.push(one);
      }
      for (const count of [5, 17]) {
        const first = length - rows;
        const together = await small.attend(rowsOf(q, first, count), first);
        for (let i = 0; i < count; i++) expect(bits(rowsOf(together, i, 1)), `row ${i} of ${count}`).toEqual(bits(single[i] as never));
      }
    });

    it('is written over where tokens were taken back', async () => {
      if (isLeftOut()) return;
      const [before, rejected, next] = [41, 17, 5];
      const answered = async (takenBack: boolean) => {
        const small = await Attention.create(halved, NUMBERS / 2);
        await small.append(someRows(before, 3), 0);
        if (takenBack) await small.append(someRows(rejected, 4), before);
        return small.attend(await small.append(someRows(next, 5), before), before);
      };
      expect(bits(await answered(true))).toEqual(bits(await answered(false)));
    });

    it('holds the largest half in place of what is larger', async () => {
      if (isLeftOut()) return;
      const small = await Attention.create(halved, NUMBERS / 2);
      const qkv = someRows(1, 6)
        .fill(1e9, COLUMNS - DIM)
        .fill(-1e9, COLUMNS - DIM / 2);
      const out = await small.attend(await small.append(qkv, 0), 0);
      const last = out.slice(-DIM);
      expect([last[0], last.at(-1)]).toEqual([65504, -65504]);
    });
  });
}

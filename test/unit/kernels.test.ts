import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type Mock, vi } from 'vitest';
import { buildKernels, KERNELS, missingCompiler, VARIANTS } from '../../scripts/kernels.mjs';
import { KernelMemory } from '../../src/model/cpu/wasm/kernels';
import { laidOutBytes, layOut, type PackedMatrix, readGrouped, readSteps } from '../../src/model/cpu/wasm/packed';
import type { ThreadEvents, Threads } from '../../src/model/cpu/wasm/thread';
import { nodeThreads } from '../../src/node/threads';
import { unpack } from '../support/gguf/unpack';
import { EVERY_KIND, floatBits, groupedWords, someNumbers } from '../support/packedWords';
import { Team } from '../support/team';

const MOST_ROWS = 17;
const THREADS = 3;

let memory: KernelMemory;
/** Of a team of threads. */
let teams: KernelMemory;
beforeAll(async () => {
  const [own, shared] = [await KernelMemory.open(), await KernelMemory.open(THREADS)];
  if (!own || !shared) throw new Error('this Node has no SIMD in WebAssembly');
  const team = new Team(THREADS);
  shared.start(team);
  await team.begun();
  expect([own.threads, shared.threads]).toEqual([1, THREADS]);
  [memory, teams] = [own, shared];
});
afterAll(() => teams.close());

function put(numbers: Float32Array, into = memory): number {
  const at = into.allocate(numbers.byteLength);
  into.floats(at, numbers.length).set(numbers);
  return at;
}

function putMatrix(matrix: PackedMatrix, into = memory): number {
  const at = into.allocate(laidOutBytes(matrix));
  layOut(matrix, into.words(at, laidOutBytes(matrix) / 4));
  return at;
}

const random = (count: number, seed: number, size = 1) => {
  const next = someNumbers(seed);
  return Float32Array.from({ length: count }, () => size * (2 * next() - 1));
};

/** Int8 of layout.py: words, then float32 scales. */
function stepWords(inner: number, columns: number): Uint32Array {
  const next = someNumbers(inner);
  const words = Uint32Array.from({ length: (inner / 4 + 1) * columns }, () => Math.floor(next() * 2 ** 32));
  for (let i = (inner / 4) * columns; i < words.length; i++) words[i] = floatBits((0.5 + next()) * 2 ** -30);
  return words;
}

/** What is read of it: each word shifted left until the weight's byte is the highest, as a signed number times the scale. */
function stepWeights(words: Uint32Array, inner: number, columns: number): Float32Array {
  const scales = new Float32Array(words.buffer, inner * columns, columns);
  return Float32Array.from({ length: inner * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return ((words[Math.floor(row / 4) * columns + column] as number) << (24 - 8 * (row % 4))) * (scales[column] as number);
  });
}

interface Case {
  readonly name: string;
  readonly matrix: PackedMatrix;
  readonly weights: Float32Array;
}

const [INNER, COLUMNS] = [192, 80];
const CASES: Case[] = [
  ...EVERY_KIND.map((kind) => {
    const words = groupedWords(kind, INNER, COLUMNS);
    const name = `of ${kind.bits} bits in groups of ${kind.group}, scales of form ${kind.form}`;
    return { name, matrix: readGrouped(words), weights: unpack(new Uint8Array(words.buffer)).weights };
  }),
  ...[64, INNER].map((inner) => {
    const words = stepWords(inner, COLUMNS);
    return { name: `int8, ${inner} rows`, matrix: readSteps(words, inner / 4 + 1), weights: stepWeights(words, inner, COLUMNS) };
  }),
];

function product({ matrix }: Pick<Case, 'matrix'>, at: number, x: Float32Array, into = memory) {
  const { inner, columns } = matrix;
  const rows = x.length / inner;
  const out = put(new Float32Array(rows * columns), into);
  into.kernels.set_threads(into.threads);
  into.kernels.product(put(x, into), rows, at, into.allocate(8 * x.length), out, columns);
  return into.floats(out, rows * columns).slice();
}

describe('products in WebAssembly', () => {
  it.each(CASES)('are those of the weights that the file says: $name', ({ matrix, weights }) => {
    const { inner, columns } = matrix;
    const x = random(MOST_ROWS * inner, 7);
    const got = product({ matrix }, putMatrix(matrix), x);
    for (let row = 0; row < MOST_ROWS; row++) {
      for (let column = 0; column < columns; column++) {
        let [wanted, sizes] = [0, 0];
        for (let i = 0; i < inner; i++) {
          const term = (x[row * inner + i] as number) * (weights[i * columns + column] as number);
          wanted += term;
          sizes += Math.abs(term);
        }
        // A grouped matrix is summed up as codes, most of which an offset takes away again.
        expect(Math.abs((got[row * columns + column] as number) - wanted)).toBeLessThan(3e-6 * sizes + 1e-6);
      }
    }
  });

  it.each(CASES)('have the same bits for every number of rows and of threads: $name', ({ matrix }) => {
    const { inner, columns } = matrix;
    const at = putMatrix(matrix);
    const x = random(MOST_ROWS * inner, 11);
    const all = product({ matrix }, at, x);
    for (let rows = 1; rows < MOST_ROWS; rows++) {
      expect(product({ matrix }, at, x.subarray(0, rows * inner))).toEqual(all.subarray(0, rows * columns));
    }
    for (let row = 0; row < MOST_ROWS; row++) {
      const own = x.subarray(row * inner, (row + 1) * inner);
      expect(product({ matrix }, at, own)).toEqual(all.subarray(row * columns, (row + 1) * columns));
    }
    const shared = putMatrix(matrix, teams);
    for (const rows of [5, MOST_ROWS])
      expect(product({ matrix }, shared, x.subarray(0, rows * inner), teams)).toEqual(all.subarray(0, rows * columns));
  });

  it.each(CASES)('have the columns that the file says: $name', ({ matrix, weights }) => {
    const at = putMatrix(matrix);
    const out = memory.allocate(4 * matrix.inner);
    for (const column of [0, 3, 15, 16, 41, matrix.columns - 1]) {
      memory.kernels.column(at, column, out);
      const got = memory.floats(out, matrix.inner);
      for (let i = 0; i < matrix.inner; i++) {
        const wanted = weights[i * matrix.columns + column] as number;
        expect(Math.abs((got[i] as number) - wanted)).toBeLessThan(1e-6 * (1 + 256 * Math.abs(wanted)));
      }
    }
  });
});

/** With a team whose threads start as `start` says. */
async function opened(start: Threads['start']): Promise<KernelMemory> {
  const memory = await KernelMemory.open(THREADS);
  if (!memory) throw new Error('this Node has no SIMD in WebAssembly');
  memory.start({ ...nodeThreads(THREADS), start });
  return memory;
}

/** Threads that never compute, what each would tell, and how often one was ended. */
function untold(): { readonly start: Threads['start']; readonly told: ThreadEvents[]; readonly end: Mock } {
  const told: ThreadEvents[] = [];
  const end = vi.fn();
  const start: Threads['start'] = (_, events) => {
    told.push(events);
    return { end };
  };
  return { start, told, end };
}

describe('threads', () => {
  it('compute thousands of tasks in turn, awake or asleep, with the same bits', async () => {
    const [inner, columns] = [64, 1024];
    const matrix = readSteps(stepWords(inner, columns), inner / 4 + 1);
    const x = random(inner, 13);
    const wanted = product({ matrix }, putMatrix(matrix), x);
    const [at, own, scratch, out] = [putMatrix(matrix, teams), put(x, teams), teams.allocate(8 * inner), teams.allocate(4 * columns)];
    for (let task = 0; task < 3000; task++) {
      teams.kernels.set_threads(THREADS);
      teams.kernels.product(own, 1, at, scratch, out, columns);
      const got = teams.floats(out, columns);
      // Of so many numbers, toEqual takes longer than the task.
      if (!got.every((value, i) => value === wanted[i])) expect(got).toEqual(wanted);
      got.fill(0);
      if (task % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('are done without where they do not start, where their memory cannot be had, and once they are ended', async () => {
    const usual = nodeThreads(THREADS);
    const some = await opened((...given) => {
      if (given[0].thread > 1) throw new Error('refused');
      return usual.start(...given);
    });
    expect(some.threads).toBe(2);
    some.close();
    expect(some.threads).toBe(1);
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
    expect((await KernelMemory.open(3))?.most).toBe(1);
    vi.restoreAllMocks();
  });

  it('count as none where they have not begun after five seconds, until they do', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const patience = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(1));
    const { start, told, end } = untold();
    const late = await opened(start);
    expect(late.threads).toBe(THREADS);
    expect(patience).toHaveBeenCalledWith(5000);
    told[1]?.begun();
    await expect.poll(() => late.threads).toBe(2);
    told[0]?.begun();
    expect(late.threads).toBe(THREADS);
    told[1]?.lost();
    expect([late.threads, end.mock.calls.length]).toEqual([2, 1]);
    vi.restoreAllMocks();
  });

  it('are ended where the models are unloaded while they start, and count no more whatever becomes of them', async () => {
    const { start, told, end } = untold();
    const unloaded = await opened(start);
    unloaded.close();
    expect([unloaded.threads, end.mock.calls.length]).toEqual([1, THREADS - 1]);
    for (const { begun } of told) begun();
    expect(unloaded.threads).toBe(1);
    const ended: number[] = [];
    const usual = nodeThreads(THREADS);
    const real = await opened(({ thread, ...setup }, events) =>
      usual.start({ ...setup, thread }, { ...events, lost: () => ended.push(thread) }),
    );
    real.close();
    await expect.poll(() => ended.toSorted()).toEqual([1, 2]);
  });

  it('count no longer once they have ended', async () => {
    const usual = nodeThreads(THREADS);
    const ends: (() => void)[] = [];
    const some = await opened((...given) => {
      const thread = usual.start(...given);
      ends.push(thread.end);
      return thread;
    });
    expect(some.threads).toBe(THREADS);
    ends[0]?.();
    await expect.poll(() => some.threads).toBe(THREADS - 1);
    some.close();
  });
});

describe('what stands between the products', () => {
  it.each([true, false])('rows are over the root of their mean square; with gains: %s', (hasGains) => {
    const [rows, width] = [3, 64];
    const [x, gains, out] = [random(rows * width, 3, 4), random(width, 4), memory.allocate(4 * rows * width)];
    memory.kernels.normalise(put(x), rows, width, 1e-5, hasGains ? put(gains) : 0, out);
    const got = memory.floats(out, rows * width);
    for (let row = 0; row < rows; row++) {
      const own = x.subarray(row * width, (row + 1) * width);
      const scale = 1 / Math.sqrt(own.reduce((sum, value) => sum + value * value, 0) / width + 1e-5);
      own.forEach((value, i) => {
        expect(got[row * width + i]).toBeCloseTo(value * scale * (hasGains ? (gains[i] as number) : 1), 5);
      });
    }
  });

  it('a gate is silu(gate) times up, four columns in turns, and nowhere overflows', () => {
    const both = Float32Array.from([...[0, 1, -1, 5], ...[1, 2, 3, 4], ...[100, -100, 1e30, -1e30], ...[1, 1, 1, 1], ...random(64, 5, 20)]);
    const out = memory.allocate(2 * both.length);
    memory.kernels.gate(put(both), both.length / 2, out);
    memory.floats(out, both.length / 2).forEach((value, i) => {
      const at = 8 * Math.floor(i / 4) + (i % 4);
      const gate = both[at] as number;
      const wanted = (gate / (1 + Math.exp(-gate))) * (both[at + 4] as number);
      expect(Math.abs(value - wanted)).toBeLessThan(1e-6 * (1 + Math.abs(wanted)));
    });
  });

  it('a sum is one', () => {
    const x = put(Float32Array.of(1, 2, 3, 4));
    memory.kernels.add(x, put(Float32Array.of(10, 20, 30, 40)), 4);
    expect([...memory.floats(x, 4)]).toEqual([11, 22, 33, 44]);
  });
});

describe('attention in WebAssembly', () => {
  const [heads, kvHeads, dim, context] = [4, 2, 16, 40];
  const width = (heads + 2 * kvHeads) * dim;
  const angles = Float32Array.from({ length: context * dim }, (_, i) => {
    const angle = Math.floor(i / dim) * 100 ** (-(2 * Math.floor((i % dim) / 2)) / dim);
    return i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });

  /** All rows of `qkv`, `step` at a time. */
  function attended(qkv: Float32Array, step: number, into = memory): Float32Array {
    const rows = qkv.length / width;
    const [keys, values] = [into.allocate(4 * kvHeads * context * dim), into.allocate(4 * kvHeads * context * dim)];
    const [turn, own] = [put(angles, into), put(qkv, into)];
    const [scores, out] = [into.allocate(4 * (context + 3) * into.most), into.allocate(4 * rows * heads * dim)];
    into.kernels.set_threads(into.threads);
    for (let start = 0; start < rows; start += step) {
      const sizes = [Math.min(step, rows - start), heads, kvHeads, dim, context, start] as const;
      const at = own + 4 * start * width;
      into.kernels.rotate_append(at, ...sizes, turn, keys, values);
      into.kernels.attend(at, ...sizes, keys, values, scores, out + 4 * start * heads * dim);
    }
    return into.floats(out, rows * heads * dim).slice();
  }

  /** In double precision. */
  function reference(qkv: Float32Array): number[] {
    const rows = qkv.length / width;
    const at = (row: number, head: number, i: number) => qkv[row * width + head * dim + i] as number;
    const rotated = (row: number, head: number, i: number) => {
      const [cos, sin] = [angles[row * dim + i - (i % 2)] as number, angles[row * dim + i - (i % 2) + 1] as number];
      return i % 2 === 0 ? at(row, head, i) * cos - at(row, head, i + 1) * sin : at(row, head, i) * cos + at(row, head, i - 1) * sin;
    };
    const each = Array.from({ length: dim }, (_, i) => i);
    return Array.from({ length: rows * heads }, (_, index) => {
      const [row, head] = [Math.floor(index / heads), index % heads];
      const group = Math.floor((head * kvHeads) / heads);
      const seen = Array.from({ length: row + 1 }, (_, position) => position);
      const weights = seen.map((position) =>
        Math.exp(each.reduce((sum, i) => sum + rotated(row, head, i) * rotated(position, heads + group, i), 0) / Math.sqrt(dim)),
      );
      const sum = weights.reduce((a, b) => a + b);
      return each.map((i) =>
        seen.reduce((total, position) => total + ((weights[position] as number) / sum) * at(position, heads + kvHeads + group, i), 0),
      );
    }).flat();
  }

  it('is the one of double precision, at every position', () => {
    const qkv = random(context * width, 21, 2);
    const [got, wanted] = [attended(qkv, context), reference(qkv)];
    got.forEach((value, i) => {
      expect(Math.abs(value - (wanted[i] as number))).toBeLessThan(1e-5);
    });
  });

  it('has the same bits however many rows come at a time, and threads compute them', () => {
    const qkv = random(context * width, 22, 2);
    const wanted = attended(qkv, 1);
    for (const step of [2, 3, 5, 16]) expect(attended(qkv, step)).toEqual(wanted);
    expect(attended(qkv, context, teams)).toEqual(wanted);
  });

  it('has the same bits where threads fail within a part, and does without them from then on', async () => {
    const qkv = random(context * width, 23, 2);
    const wanted = attended(qkv, 1);
    const usual = nodeThreads(THREADS);
    // The scores of such a thread are outside the memory.
    const failing = await opened((setup, events) => usual.start({ ...setup, thread: setup.thread << 24 }, events));
    expect(failing.threads).toBe(THREADS);
    // Only a part makes a thread fail, and the leader may have taken them all before it is awake.
    for (const until = performance.now() + 40_000; failing.threads > 1 && performance.now() < until; ) {
      const found = attended(qkv, context, failing);
      if (!found.every((value, i) => Object.is(value, wanted[i]))) expect(found).toEqual(wanted);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(failing.threads).toBe(1);
  });
});

describe('the file', () => {
  const missing = missingCompiler();

  it.skipIf(missing)(`is what its source compiles to${missing ? `, skipped: ${missing}` : ''}`, () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kernels-'));
    try {
      buildKernels(folder);
      for (const name of Object.keys(VARIANTS)) {
        expect(fs.readFileSync(path.join(folder, name)).equals(fs.readFileSync(path.join(KERNELS, name))), name).toBe(true);
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it.each(Object.keys(VARIANTS))('keeps nothing over a wait, which Node 20 may lose there: %s', (name) => {
    const code = fs.readFileSync(path.join(KERNELS, name)).toString('latin1');
    // Behind memory.atomic.wait32 of words and its offset: drop and end.
    const [, ...behind] = code.split('\xfe\x01\x02');
    const following = behind.map((bytes) => bytes.replace(/^[\x80-\xff]*./s, '').slice(0, 2));
    expect(following).toEqual(['\x1a\x0b', '\x1a\x0b']);
  });

  it.each([
    ['of another beginning', 0, 1],
    ['of another number of bits', 1, 5],
    ['of a form that is not known', 3, 3],
    ['of another length than it says', 7, 96],
  ])('a matrix %s is refused', (_, word, value) => {
    const words = groupedWords({ bits: 4, group: 32, form: 0 }, INNER, COLUMNS);
    words[word] = value;
    expect(() => readGrouped(words)).toThrow(/laid out/);
  });

  it('memory that is not given is told', () => {
    expect(() => memory.allocate(2 ** 32)).toThrow(/no more memory/);
  });
});

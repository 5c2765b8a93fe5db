import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PURPOSES } from '../../src/gpu/kernels/sampling/philox';
import { distributionReference, draftReference, judgeReference, truncateReference } from '../../src/gpu/kernels/sampling/reference';
import { SAMPLING_ROW_BYTES, SamplingKernel, type SamplingRow, type ShapeSettings } from '../../src/gpu/kernels/sampling/sampling';
import { randomLogits } from '../support/random';
import { download } from './support/buffers';
import { openDevice } from './support/device';

let device: GPUDevice;
let kernel: SamplingKernel;

beforeAll(async () => {
  // The default limits, eight storage buffers among them.
  device = await openDevice();
  kernel = await SamplingKernel.create(device);
});
afterAll(() => {
  kernel.dispose();
  device.destroy();
});

const PLAIN: ShapeSettings = {
  temperature: 1,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  seed: 1,
  rule: 'rejection',
};

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

type Data = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
function upload(data: Data): GPUBuffer {
  const buffer = device.createBuffer({ size: Math.max(4, data.byteLength), usage: STORAGE });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}
const empty = (size: number) => device.createBuffer({ size: Math.max(4, size), usage: STORAGE });

interface Case {
  readonly vocabulary: number;
  readonly settings?: Partial<ShapeSettings>;
  readonly position?: number;
  readonly mask?: Uint32Array<ArrayBuffer>;
  readonly bias?: Float32Array<ArrayBuffer>;
  readonly counts?: Uint32Array<ArrayBuffer>;
}

async function within<T>(work: (make: <B extends GPUBuffer | undefined>(buffer: B) => B) => Promise<T>): Promise<T> {
  const made: GPUBuffer[] = [];
  const result = await work((buffer) => {
    if (buffer) made.push(buffer);
    return buffer;
  });
  for (const buffer of made) buffer.destroy();
  return result;
}

/** Judges `drafts` against their rows of q, each certain without rows. */
function judge(
  { vocabulary, settings, position = 0, mask, bias, counts }: Case,
  logits: Float32Array<ArrayBuffer>,
  drafts: readonly number[] | Int32Array = [],
  q?: Float32Array<ArrayBuffer>,
  by = kernel,
): Promise<{ rows: SamplingRow[]; p: Float32Array[] }> {
  return within(async (make) => {
    by.configure({ ...PLAIN, ...settings });
    by.begin(position);
    const sequence = new Int32Array(drafts.length + 1);
    sequence.set(drafts, 1);
    const buffers = {
      logits: make(upload(logits)),
      sequence: make(upload(sequence)),
      q: make(q && upload(q)),
      p: make(empty((drafts.length + 1) * vocabulary * 4)),
      rows: make(empty((drafts.length + 1) * SAMPLING_ROW_BYTES)),
      mask: make(mask && upload(mask)),
      bias: make(bias && upload(bias)),
      counts: make(counts && upload(counts)),
    };
    const encoder = device.createCommandEncoder();
    by.judge(encoder, buffers, vocabulary, drafts.length);
    device.queue.submit([encoder.finish()]);
    const p = new Float32Array(await download(device, buffers.p));
    return {
      rows: SamplingKernel.parse(await download(device, buffers.rows), 0, drafts.length + 1, drafts.length),
      p: Array.from({ length: drafts.length + 1 }, (_, row) => p.subarray(row * vocabulary, (row + 1) * vocabulary)),
    };
  });
}

/** Plain tokens one by one, each after those before it, which are `tokens`; the rows as `judge` gives them. */
function judgeInTurn(
  { vocabulary, settings, position = 0, bias, counts }: Case,
  logits: Float32Array<ArrayBuffer>,
  tokens: readonly number[],
  by = kernel,
): Promise<{ rows: SamplingRow[]; p: Float32Array[] }> {
  return within(async (make) => {
    by.configure({ ...PLAIN, ...settings });
    by.begin(position);
    const count = tokens.length + 1;
    const buffers = {
      sequence: make(upload(Int32Array.of(0, ...tokens))),
      p: make(empty(count * vocabulary * 4)),
      rows: make(empty(count * SAMPLING_ROW_BYTES)),
      bias: make(bias && upload(bias)),
      counts: make(counts && upload(counts)),
    };
    const encoder = device.createCommandEncoder();
    for (let row = 0; row < count; row++) {
      const own = make(upload(logits.slice(row * vocabulary, (row + 1) * vocabulary)));
      by.judge(encoder, { ...buffers, logits: own }, vocabulary, 0, row);
    }
    device.queue.submit([encoder.finish()]);
    const p = new Float32Array(await download(device, buffers.p));
    return {
      rows: SamplingKernel.parse(await download(device, buffers.rows), 0, count, 0),
      p: Array.from({ length: count }, (_, row) => p.subarray(row * vocabulary, (row + 1) * vocabulary)),
    };
  });
}

/** That all rows are equal; vitest's own comparison takes seconds for a large vocabulary. */
function expectSameNumbers(actual: readonly Float32Array[], expected: readonly Float32Array[]) {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  expect(actual.map((row, i) => row.findIndex((x, id) => x !== expected[i]?.[id]))).toEqual(expected.map(() => -1));
}

/** That plain tokens of one round have the distributions that they have as drafts of one round, and each the noise of its position. */
async function expectSameInTurn(vocabulary: number, by = kernel) {
  const tokens = [2, 1, 2, 2].map((id) => (id * 7919) % vocabulary);
  const logits = randomLogits(5 * vocabulary, 31);
  const bias = Float32Array.from({ length: vocabulary }, (_, id) => (id % 5 === 1 ? 3 : 0));
  const counts = Uint32Array.from({ length: vocabulary }, (_, id) => (id % 4 === 1 ? id % 7 : 0));
  const penalties = { repetitionPenalty: 1.3, frequencyPenalty: 0.4, presencePenalty: 0.7, temperature: 0.8, topK: 60, topP: 0.9 };
  for (const rule of ['rejection', 'coupled'] as const) {
    const of = { vocabulary, settings: { ...penalties, rule }, position: 11, bias, counts };
    const [inTurn, atOnce] = [await judgeInTurn(of, logits, tokens, by), await judge(of, logits, tokens, undefined, by)];
    expectSameNumbers(inTurn.p, atOnce.p);
    expect(inTurn.rows.at(-1)).toEqual(atOnce.rows.at(-1));
    for (const [row, { token, draft, u, top }] of inTurn.rows.entries()) {
      expect([draft, u]).toEqual([null, null]);
      expect(top.p).toEqual(atOnce.rows[row]?.top.p);
      if (rule === 'coupled') expect(token).toBe(atOnce.rows[row]?.token);
    }
  }
}

/** Drafts `count` tokens, all at once, from as many rows of logits. */
function draft(
  { vocabulary, settings, position = 0, mask, bias, counts }: Case,
  logits: Float32Array<ArrayBuffer>,
  by = kernel,
): Promise<{ ids: Int32Array<ArrayBuffer>; q: Float32Array<ArrayBuffer>; next: number }> {
  const count = logits.length / vocabulary;
  return within(async (make) => {
    by.configure({ ...PLAIN, ...settings });
    by.begin(position);
    const buffers = {
      logits: make(upload(logits)),
      sequence: make(empty(count * 4)),
      next: make(empty(4)),
      q: make(empty(count * vocabulary * 4)),
      mask: make(mask && upload(mask)),
      bias: make(bias && upload(bias)),
      counts: make(counts && upload(counts)),
    };
    const encoder = device.createCommandEncoder();
    by.draft(encoder, buffers, vocabulary, 0, count);
    device.queue.submit([encoder.finish()]);
    return {
      ids: new Int32Array(await download(device, buffers.sequence)),
      q: new Float32Array(await download(device, buffers.q)),
      next: new Int32Array(await download(device, buffers.next))[0] as number,
    };
  });
}

function expectDistribution(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  let worst = 0;
  for (let id = 0; id < expected.length; id++) {
    const [a, b] = [actual[id] as number, expected[id] as number];
    // Who is in and who is out is exact: a token that is out has probability 0.
    if (a > 0 !== b > 1e-37) expect({ id, probability: a }).toEqual({ id, probability: b });
    worst = Math.max(worst, Math.abs(a - b) / (b + 1e-6));
  }
  expect(worst).toBeLessThan(1e-4);
}

function expectRow(actual: SamplingRow, expected: Omit<SamplingRow, 'invalid'>) {
  expect(actual.invalid).toBe(null);
  expect(actual.token).toBe(expected.token);
  expect(actual.tokenP).toBe(expected.tokenP);
  expect(actual.draft).toEqual(expected.draft);
  expect(actual.u).toBe(expected.u);
  expect(Math.abs(actual.residual - expected.residual)).toBeLessThan(1e-5);
  for (const list of ['p', 'q', 'residual'] as const) {
    expect(actual.top[list].map(({ id }) => id)).toEqual(expected.top[list].map(({ id }) => id));
    actual.top[list].forEach(({ probability }, k) => {
      expect(Math.abs(probability - (expected.top[list][k]?.probability ?? 2))).toBeLessThan(1e-5);
    });
  }
}

const maskOf = (vocabulary: number, rows: number, allowed: (row: number, id: number) => boolean) => {
  const words = Math.ceil(vocabulary / 32);
  const mask = new Uint32Array(rows * words);
  for (let row = 0; row < rows; row++) {
    for (let id = 0; id < vocabulary; id++) {
      const at = row * words + (id >> 5);
      if (allowed(row, id)) mask[at] = (mask[at] as number) | (1 << (id & 31));
    }
  }
  return mask;
};

const SHAPES: Record<string, Partial<ShapeSettings>> = {
  plain: {},
  cold: { temperature: 0.3 },
  hot: { temperature: 2.5 },
  greedy: { temperature: 0 },
  'top-k 1': { topK: 1 },
  'top-k 40': { topK: 40 },
  'top-k beyond the vocabulary': { topK: 10 ** 6 },
  'top-p 0.9': { topP: 0.9 },
  'top-p tiny': { topP: 1e-7 },
  'top-k and top-p': { topK: 20, topP: 0.5, temperature: 3 },
};

describe('sampling kernel: distributions', () => {
  for (const vocabulary of [3, 255, 257, 2048, 32001]) {
    it(`match their reference on a vocabulary of ${vocabulary}`, async () => {
      for (const [name, settings] of Object.entries(SHAPES)) {
        if (vocabulary > 10_000 && !['plain', 'top-k and top-p'].includes(name)) continue;
        const logits = randomLogits(2 * vocabulary, vocabulary);
        const { p } = await judge({ vocabulary, settings }, logits, [1]);
        p.forEach((row, i) => {
          const from = logits.subarray(i * vocabulary, (i + 1) * vocabulary);
          expectDistribution(row, distributionReference(from, { ...PLAIN, ...settings }));
        });
      }
    });
  }

  it('match their reference with a mask, a bias and every penalty, drafts before the row counted', async () => {
    for (const vocabulary of [3, 257, 2048]) {
      const settings = { repetitionPenalty: 1.3, frequencyPenalty: 0.4, presencePenalty: 0.7, temperature: 0.8 };
      const drafts = [2, 1, 2, 2].map((id) => (id * 7919) % vocabulary);
      const logits = randomLogits(5 * vocabulary, 77);
      const bias = Float32Array.from({ length: vocabulary }, (_, id) => (id % 5 === 1 ? 3 : 0));
      const counts = Uint32Array.from({ length: vocabulary }, (_, id) => (id % 4 === 1 ? id % 7 : 0));
      const allowed = (row: number, id: number) => (id + row) % 3 !== 0;
      const { p } = await judge({ vocabulary, settings, bias, counts, mask: maskOf(vocabulary, 5, allowed) }, logits, drafts);
      p.forEach((row, i) => {
        const constraints = { bias, counts, allowed: (id: number) => allowed(i, id), drafts: drafts.slice(0, i) };
        expectDistribution(
          row,
          distributionReference(logits.subarray(i * vocabulary, (i + 1) * vocabulary), { ...PLAIN, ...settings }, constraints),
        );
      });
    }
  });

  it('keep exactly the nucleus of their own probabilities', async () => {
    const vocabulary = 2048;
    // Values from a coarse grid: many ties.
    const logits = randomLogits(vocabulary, 5, 6).map((x) => Math.round(x * 4) / 4);
    const full = (await judge({ vocabulary }, logits)).p[0] as Float32Array;
    for (const settings of [
      { topK: 0, topP: 0.3 },
      { topK: 0, topP: 0.999 },
      { topK: 7, topP: 1 },
      { topK: 300, topP: 0.7 },
    ]) {
      const kept = (await judge({ vocabulary, settings }, logits)).p[0] as Float32Array;
      const expected = truncateReference(Array.from(full), settings);
      expect(Array.from(kept, (p) => p > 0)).toEqual(Array.from(expected, (p) => p > 0));
      expectDistribution(kept, expected);
    }
    // Ties at the border all stay.
    const flat = (await judge({ vocabulary, settings: { topK: 1 } }, new Float32Array(vocabulary))).p[0] as Float32Array;
    expect(Array.from(flat)).toEqual(new Array(vocabulary).fill(1 / vocabulary));
  });

  it('have the same bits with any other rows', async () => {
    for (const settings of [{ temperature: 0.7 }, { topK: 50, topP: 0.8, repetitionPenalty: 1.2 }]) {
      const vocabulary = 2048;
      const logits = randomLogits(17 * vocabulary, 9);
      const drafts = Array.from({ length: 16 }, (_, i) => (i * 611) % vocabulary);
      const q = (await draft({ vocabulary }, randomLogits(16 * vocabulary, 10))).q;
      const all = await judge({ vocabulary, settings }, logits, drafts, q);
      for (const gamma of [0, 1, 4, 9]) {
        const some = await judge({ vocabulary, settings }, logits.slice(0, (gamma + 1) * vocabulary), drafts.slice(0, gamma), q);
        expect(some.p).toEqual(all.p.slice(0, gamma + 1));
        expect(some.rows.slice(0, -1)).toEqual(all.rows.slice(0, gamma));
      }
    }
  });

  it('match their reference on a vocabulary of 151936', async () => {
    const vocabulary = 151936;
    const logits = randomLogits(vocabulary, 3);
    const settings = { topK: 5000, topP: 0.9, temperature: 0.9 };
    const { p, rows } = await judge({ vocabulary, settings }, logits);
    expectDistribution(p[0] as Float32Array, distributionReference(logits, { ...PLAIN, ...settings }));
    expectRow(rows[0] as SamplingRow, judgeReference(p[0] as Float32Array, null, { ...PLAIN, ...settings }, 0));
  });

  it('survive infinite and extreme logits, and report invalid ones on their row only', async () => {
    const vocabulary = 600;
    const logits = new Float32Array(vocabulary).fill(-Infinity);
    logits[417] = -3e38;
    expect((await judge({ vocabulary }, logits)).rows[0]).toMatchObject({ token: 417, tokenP: 1, invalid: null });
    logits[3] = 3e38;
    expect((await judge({ vocabulary, settings: { temperature: 1e-30 } }, logits)).rows[0]).toMatchObject({ token: 3, tokenP: 1 });
    const none = await judge({ vocabulary, mask: new Uint32Array(19) }, logits);
    expect(none.rows[0]?.invalid).toBe('target');
    for (const settings of [{}, { topK: 5, topP: 0.5 }, { temperature: 0 }, { rule: 'coupled' }] as const) {
      for (const [at, value] of [
        [0, Number.NaN],
        [599, Infinity],
      ] as const) {
        const rows = randomLogits(3 * vocabulary, 8);
        rows[vocabulary + at] = value;
        const judged = await judge({ vocabulary, settings }, rows, [1, 2]);
        expect(judged.rows.map((row) => row.invalid)).toEqual([null, 'target', null]);
        expect(judged.p[1]).toEqual(new Float32Array(vocabulary));
        const { ids, q } = await draft({ vocabulary, settings }, rows);
        const drafted = await judge({ vocabulary, settings }, randomLogits(4 * vocabulary, 9), ids, q);
        expect(drafted.rows.map((row) => row.invalid)).toEqual([null, 'draft', null, null]);
      }
    }
  });
});

describe('sampling kernel: drafts and judgements', () => {
  const cases: [string, Partial<ShapeSettings>][] = [
    ['rejection', { temperature: 0.9 }],
    ['speculative with top-k and top-p', { temperature: 2, topK: 12, topP: 0.9 }],
    ['greedy', { temperature: 0 }],
    ['coupled', { temperature: 0.9, rule: 'coupled' }],
    ['coupled with top-p', { temperature: 2, topP: 0.8, rule: 'coupled' }],
  ];
  for (const [name, changes] of cases) {
    it(`match their reference: ${name}`, async () => {
      const settings = { ...PLAIN, ...changes, seed: 0x123456789abcdefn };
      for (const vocabulary of [3, 255, 257, 2048, 32001]) {
        const gamma = vocabulary > 10_000 ? 2 : 8;
        const position = 1000 + vocabulary;
        const target = randomLogits((gamma + 1) * vocabulary, vocabulary, 5);
        // A draft that is like the target, but not the same.
        const noise = randomLogits(gamma * vocabulary, vocabulary + 1, 1);
        const { ids, q, next } = await draft(
          { vocabulary, settings, position },
          noise.map((x, i) => x + (target[i] as number)),
        );
        const rowOf = (of: Float32Array<ArrayBuffer>, i: number) => of.subarray(i * vocabulary, (i + 1) * vocabulary);
        expect(Array.from(ids)).toEqual(Array.from(ids, (_, i) => draftReference(rowOf(q, i), settings, position + i)));
        expect(next).toBe(ids[gamma - 1]);
        for (const given of [q, undefined]) {
          const { rows, p } = await judge({ vocabulary, settings, position }, target, ids, given);
          rows.forEach((row, i) => {
            const drafted = i < gamma ? { id: ids[i] as number, q: given ? rowOf(given, i) : null } : null;
            expectRow(row, judgeReference(p[i] as Float32Array, drafted, settings, position + i));
          });
        }
      }
    });
  }

  it('match their reference with as many threads as a GPU gets, and with few', async () => {
    const vocabulary = 700;
    const settings = { ...PLAIN, topP: 0.95, topK: 300 };
    const target = randomLogits(3 * vocabulary, 21, 4);
    for (const width of [1, 64, 256]) {
      const other = await SamplingKernel.create(device, width);
      const { ids, q } = await draft({ vocabulary, settings }, randomLogits(2 * vocabulary, 22, 4), other);
      const { rows, p } = await judge({ vocabulary, settings }, target, ids, q, other);
      rows.forEach((row, i) => {
        const [from, to] = [i * vocabulary, (i + 1) * vocabulary];
        expectDistribution(p[i] as Float32Array, distributionReference(target.subarray(from, to), settings));
        const drafted = i < 2 ? { id: ids[i] as number, q: q.subarray(from, to) } : null;
        if (drafted) expect(drafted.id).toBe(draftReference(drafted.q, settings, i));
        expectRow(row, judgeReference(p[i] as Float32Array, drafted, settings, i));
      });
      other.dispose();
    }
  });

  it('drafts one by one as at once, counting the drafts before', async () => {
    const vocabulary = 300;
    const gamma = 5;
    const settings = { ...PLAIN, frequencyPenalty: 2, presencePenalty: 1, temperature: 0.5 };
    const counts = new Uint32Array(vocabulary);
    counts[7] = 3;
    const logits = randomLogits(vocabulary, 4, 3);
    const buffers = {
      logits: upload(logits),
      sequence: empty(gamma * 4),
      next: empty(4),
      q: empty(gamma * vocabulary * 4),
      counts: upload(counts),
    };
    kernel.configure(settings);
    kernel.begin(50);
    const encoder = device.createCommandEncoder();
    for (let drafted = 0; drafted < gamma; drafted++) kernel.draft(encoder, buffers, vocabulary, drafted);
    device.queue.submit([encoder.finish()]);
    const ids = Array.from(new Int32Array(await download(device, buffers.sequence)));
    const q = new Float32Array(await download(device, buffers.q));
    ids.forEach((id, i) => {
      const row = q.subarray(i * vocabulary, (i + 1) * vocabulary);
      expectDistribution(row, distributionReference(logits, settings, { counts, drafts: ids.slice(0, i) }));
      expect(id).toBe(draftReference(row, settings, 50 + i));
    });
    // The judge counts the same drafts: the same logits are the same distribution, and every draft is accepted.
    const all = Float32Array.from({ length: (gamma + 1) * vocabulary }, (_, i) => logits[i % vocabulary] as number);
    const judged = await judge({ vocabulary, settings, counts, position: 50 }, all, ids, q);
    judged.rows.slice(0, gamma).forEach((row, i) => {
      expect(judged.p[i]).toEqual(q.slice(i * vocabulary, (i + 1) * vocabulary));
      expect(row.draft?.accepted).toBe(true);
      expect(row.residual).toBe(0);
    });
    for (const buffer of Object.values(buffers)) buffer.destroy();
  });

  it('accepts every draft of an equal model, and draws from p where the residual is empty', async () => {
    const vocabulary = 100;
    const rows = 400;
    const logits = randomLogits((rows + 1) * vocabulary, 6, 4);
    const { ids, q } = await draft({ vocabulary }, logits.slice(0, rows * vocabulary));
    const judged = await judge({ vocabulary }, logits, ids, q);
    for (const row of judged.rows.slice(0, rows)) {
      expect(row.draft?.accepted).toBe(true);
      expect(row.residual).toBe(0);
      expect(row.top.residual).toEqual([]);
      expect(row.tokenP).toBeGreaterThan(0);
    }
  });

  it('rejects what the target forbids and corrects it to what it allows', async () => {
    const vocabulary = 64;
    const mask = maskOf(vocabulary, 9, (_, id) => id === 3 || id === 60);
    const { rows } = await judge({ vocabulary, mask }, new Float32Array(9 * vocabulary), [5, 5, 5, 5, 3, 3, 3, 3]);
    for (const row of rows.slice(0, 4)) {
      expect(row.draft?.accepted).toBe(false);
      expect([3, 60]).toContain(row.token);
    }
    // One-hot at 3: the residual has 60 alone.
    for (const row of rows.slice(4, 8)) {
      expect(row.token).toBe(60);
      expect(row.top.residual).toEqual([{ id: 60, probability: 1 }]);
    }
  });

  it('decodes plainly with the noise of the residual, at any length of the round', async () => {
    const vocabulary = 257;
    const logits = randomLogits(vocabulary, 12, 3);
    for (const rule of ['rejection', 'coupled'] as const) {
      const settings = { rule, seed: 99 };
      const plain = (await judge({ vocabulary, settings, position: 31 }, logits)).rows[0];
      const two = Float32Array.from([...randomLogits(vocabulary, 1), ...logits]);
      const bonus = (await judge({ vocabulary, settings, position: 30 }, two, [4])).rows[1];
      expect(plain).toEqual(bonus);
      expect(plain?.draft).toBe(null);
    }
  });

  it('draws plain tokens in turn as with all of them known', async () => {
    for (const vocabulary of [33, 2048]) await expectSameInTurn(vocabulary);
  });

  it('refuses settings outside their range', () => {
    const wrong: Partial<ShapeSettings>[] = [
      { temperature: -1 },
      { temperature: Number.NaN },
      { topP: 0 },
      { topP: 1.1 },
      { topK: 1.5 },
      { topK: -1 },
      { repetitionPenalty: 0 },
      { frequencyPenalty: 3 },
      { presencePenalty: Number.NaN },
      { seed: -1 },
      { seed: 0.5 },
      { seed: 2n ** 64n },
    ];
    for (const settings of wrong) {
      expect(() => kernel.configure({ ...PLAIN, ...settings })).toThrowError(
        expect.objectContaining({ failure: expect.objectContaining({ code: 'invalid-setting' }) }),
      );
    }
  });
});

// Rows of many slices, of which the last of the first size is not a whole one; as on a GPU, and as on a CPU that stands in for one.
describe.each([
  { vocabulary: 152_000, slice: 4096 },
  { vocabulary: 262_144, slice: 4096 },
  { vocabulary: 152_000, slice: 32_768 },
  { vocabulary: 262_144, slice: 32_768 },
])('sampling kernel: a vocabulary of $vocabulary, slices of $slice', ({ vocabulary, slice }) => {
  let sliced: SamplingKernel;
  beforeAll(async () => {
    sliced = await SamplingKernel.create(device, undefined, slice);
  });
  afterAll(() => sliced.dispose());
  const last = vocabulary - 1;
  const rowOf = (of: Float32Array<ArrayBuffer>, i: number) => of.subarray(i * vocabulary, (i + 1) * vocabulary);

  it.each<Partial<ShapeSettings>>([
    { temperature: 0.9 },
    { temperature: 0.9, rule: 'coupled' },
    { temperature: 0 },
    { topK: 3000, topP: 0.8, temperature: 2 },
  ])('drafts and judges as the reference does: %o', async (changes) => {
    const settings = { ...PLAIN, ...changes, seed: 0x123456789abcdefn };
    const target = randomLogits(2 * vocabulary, 5, 5);
    target[last] = 5.5;
    const noise = randomLogits(vocabulary, 6, 1);
    const { ids, q, next } = await draft(
      { vocabulary, settings, position: 9 },
      noise.map((x, i) => x + (target[i] as number)),
      sliced,
    );
    expect(Array.from(ids)).toEqual([draftReference(q, settings, 9)]);
    expect(next).toBe(ids[0]);
    for (const given of [q, undefined]) {
      const { rows, p } = await judge({ vocabulary, settings, position: 9 }, target, ids, given, sliced);
      rows.forEach((row, i) => {
        expectDistribution(p[i] as Float32Array, distributionReference(rowOf(target, i), settings));
        const drafted = i === 0 ? { id: ids[0] as number, q: given ?? null } : null;
        expectRow(row, judgeReference(p[i] as Float32Array, drafted, settings, 9 + i));
      });
    }
  });

  it('counts, biases and masks in every slice', async () => {
    const settings = { repetitionPenalty: 1.3, frequencyPenalty: 0.4, presencePenalty: 0.7, topP: 0.9 };
    const logits = randomLogits(3 * vocabulary, 12);
    const counts = new Uint32Array(vocabulary);
    for (const id of [0, 4096, 100_000, last]) counts[id] = 2;
    const bias = Float32Array.from({ length: vocabulary }, (_, id) => (id % 4096 === 7 ? 3 : 0));
    const allowed = (row: number, id: number) => (id + row) % 3 !== 0;
    const drafts = [last, 4097];
    const { p } = await judge(
      { vocabulary, settings, bias, counts, mask: maskOf(vocabulary, 3, allowed) },
      logits,
      drafts,
      undefined,
      sliced,
    );
    p.forEach((row, i) => {
      const constraints = { bias, counts, allowed: (id: number) => allowed(i, id), drafts: drafts.slice(0, i) };
      expectDistribution(row, distributionReference(rowOf(logits, i), { ...PLAIN, ...settings }, constraints));
    });
  });

  it('draws plain tokens in turn as with all of them known', () => expectSameInTurn(vocabulary, sliced));

  it('keeps ties across slices, and takes the lowest of them where it is greedy', async () => {
    const flat = new Float32Array(vocabulary);
    const { p, rows } = await judge({ vocabulary, settings: { topK: 1 } }, flat, [], undefined, sliced);
    expect(new Set(p[0])).toEqual(new Set([Math.fround(1 / vocabulary)]));
    expect(rows[0]?.top.p.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
    flat.fill(-Infinity);
    for (const id of [last, 32_767, 32_768]) flat[id] = 1;
    expect((await judge({ vocabulary, settings: { temperature: 0 } }, flat, [], undefined, sliced)).rows[0]).toMatchObject({
      token: 32_767,
      tokenP: 1,
    });
    const three = (await judge({ vocabulary, settings: { topK: 2 } }, flat, [], undefined, sliced)).rows[0];
    expect(three?.top.p.map(({ id }) => id)).toEqual([32_767, 32_768, last]);
  });

  it('reports invalid logits, and rows of which nothing may be chosen', async () => {
    const logits = randomLogits(3 * vocabulary, 8);
    logits[2 * vocabulary - 1] = Number.NaN;
    const mask = maskOf(vocabulary, 3, (row, id) => row < 2 || id === last);
    const { rows, p } = await judge({ vocabulary, mask }, logits, [1, 2], undefined, sliced);
    expect(rows.map(({ invalid }) => invalid)).toEqual([null, 'target', null]);
    expect(p[1]?.every((each) => each === 0)).toBe(true);
    expect(rows[2]).toMatchObject({ token: last, tokenP: 1 });
    expect(
      (await judge({ vocabulary, mask: new Uint32Array(Math.ceil(vocabulary / 32)) }, logits.slice(0, vocabulary), [], undefined, sliced))
        .rows[0]?.invalid,
    ).toBe('target');
  });
});

describe('sampling kernel: losslessness', () => {
  const vocabulary = 5;
  const p = [0.4, 0.3, 0.15, 0.1, 0.05];
  const q = [0.1, 0.25, 0.3, 0.05, 0.3];
  const batch = 50_000;
  const repeat = (row: number[], rows: number) =>
    Float32Array.from({ length: rows * vocabulary }, (_, i) => Math.log(row[i % vocabulary] as number));

  /** First emitted tokens of `trials` rounds, each at a position of its own; a certain draft proposes token 1. */
  async function emitted(by: SamplingKernel, settings: Partial<ShapeSettings>, trials: number, certain = false): Promise<number[]> {
    const tokens: number[] = [];
    for (let position = 0; position < trials; position += batch) {
      const rows = Math.min(batch, trials - position);
      const drafts = certain ? null : await draft({ vocabulary, settings, position }, repeat(q, rows), by);
      const ids = drafts?.ids ?? new Int32Array(rows).fill(1);
      const judged = await judge({ vocabulary, settings, position }, repeat(p, rows + 1), ids, drafts?.q, by);
      for (const row of judged.rows.slice(0, rows)) tokens.push(row.draft?.accepted ? row.draft.id : row.token);
    }
    return tokens;
  }
  function chiSquare(tokens: readonly number[]): number {
    return p.reduce((sum, share, id) => {
      const expected = tokens.length * share;
      return sum + (tokens.filter((token) => token === id).length - expected) ** 2 / expected;
    }, 0);
  }
  /** The upper 1e-4 point of chi-square with 4 degrees of freedom. */
  const LIMIT = 23.51;

  it('emits the target distribution: speculative', async () => {
    const narrow = await SamplingKernel.create(device, 4);
    expect(chiSquare(await emitted(narrow, { seed: 2026 }, 200_000))).toBeLessThan(LIMIT);
    narrow.dispose();
  });

  it('emits the target distribution: n-gram drafts', async () => {
    expect(chiSquare(await emitted(kernel, { seed: 2027 }, 50_000, true))).toBeLessThan(LIMIT);
  });

  it('emits the target distribution: coupled, and the tokens of plain decoding whatever was drafted', async () => {
    const tokens = await emitted(kernel, { seed: 2028, rule: 'coupled' }, 20_000);
    expect(chiSquare(tokens)).toBeLessThan(LIMIT);
    expect(await emitted(kernel, { seed: 2028, rule: 'coupled' }, 20_000, true)).toEqual(tokens);
  });

  it('would not, were the residual drawn from the noise that chose the draft', async () => {
    const biased = await SamplingKernel.create(device, undefined, undefined, { ...PURPOSES, residual: PURPOSES.draft });
    expect(chiSquare(await emitted(biased, { seed: 2026 }, 20_000))).toBeGreaterThan(10 * LIMIT);
    biased.dispose();
  });
});

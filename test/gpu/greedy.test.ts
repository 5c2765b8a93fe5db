import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GREEDY_ROW_BYTES, GreedyKernel, type GreedyRow } from '../../src/gpu/kernels/greedy/greedy';
import { greedyReference } from '../../src/gpu/kernels/greedy/reference';
import { randomLogits } from '../support/random';
import { download } from './support/buffers';
import { openDevice, withLargestArrays } from './support/device';

let device: GPUDevice;
let kernel: GreedyKernel;

beforeAll(async () => {
  device = await openDevice(withLargestArrays);
  kernel = await GreedyKernel.create(device);
});
afterAll(() => {
  kernel.dispose();
  device.destroy();
});

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

function upload(data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: STORAGE });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Judges `drafted` against logits of `drafted.length` + 1 rows. */
async function verify(logits: Float32Array<ArrayBuffer>, vocabulary: number, drafted: number[], by = kernel): Promise<GreedyRow[]> {
  const buffers = {
    logits: upload(logits),
    sequence: upload(Int32Array.from([0, ...drafted])),
    next: upload(new Int32Array(1)),
    rows: device.createBuffer({ size: (drafted.length + 1) * GREEDY_ROW_BYTES, usage: STORAGE }),
  };
  const encoder = device.createCommandEncoder();
  by.verify(encoder, buffers, vocabulary, drafted.length);
  device.queue.submit([encoder.finish()]);
  const rows = GreedyKernel.parse(await download(device, buffers.rows), 0, drafted.length + 1);
  for (const buffer of Object.values(buffers)) buffer.destroy();
  return rows;
}

function expectRows(actual: GreedyRow[], expected: GreedyRow[]) {
  expect(actual.map((row) => row.choice)).toEqual(expected.map((row) => row.choice));
  expect(actual.map((row) => row.invalid)).toEqual(expected.map((row) => row.invalid));
  actual.forEach((row, i) => {
    expect(row.p).toBeCloseTo(expected[i]?.p ?? NaN, 5);
    expect(row.draftP).toBeCloseTo(expected[i]?.draftP ?? NaN, 5);
  });
}

describe('greedy kernel', () => {
  for (const vocabulary of [1, 2, 33, 255, 256, 257, 2048, 32001, 151936]) {
    it(`matches its reference on a vocabulary of ${vocabulary}`, async () => {
      for (const gamma of vocabulary > 40000 ? [4] : [0, 1, 4, 15, 16]) {
        const logits = randomLogits((gamma + 1) * vocabulary, vocabulary + gamma);
        const drafted = Array.from({ length: gamma }, (_, i) => (i * 7919) % vocabulary);
        expectRows(await verify(logits, vocabulary, drafted), greedyReference(logits, vocabulary, drafted));
      }
    });
  }

  it('gives ties to the lowest id, wherever they stand', async () => {
    for (const ties of [
      [0, 1],
      [255, 256],
      [511, 767, 1023],
      [2, 258],
      [2047, 3],
    ]) {
      const logits = new Float32Array(2048).fill(-1);
      for (const id of ties) logits[id] = 5;
      const [row] = await verify(logits, 2048, []);
      expect(row?.choice).toBe(Math.min(...ties));
    }
    const [flat] = await verify(new Float32Array(300), 300, []);
    expect(flat?.choice).toBe(0);
    expect(flat?.p).toBeCloseTo(1 / 300, 6);
  });

  it('survives infinite and extreme logits', async () => {
    const logits = new Float32Array(600).fill(-Infinity);
    logits[417] = -3e38;
    const [low] = await verify(logits, 600, []);
    expect(low).toEqual({ choice: 417, p: 1, draftP: 0, invalid: false });
    logits[3] = 3e38;
    const [high] = await verify(logits, 600, []);
    expect(high?.choice).toBe(3);
  });

  it('reports plus infinity', async () => {
    const logits = randomLogits(300, 4);
    logits[77] = Infinity;
    expect((await verify(logits, 300, []))[0]?.invalid).toBe(true);
    expect(greedyReference(logits, 300)[0]?.invalid).toBe(true);
  });

  it('reports a logit that is not a number, on its row only', async () => {
    for (const at of [0, 255, 256, 2047]) {
      const logits = randomLogits(3 * 2048, at + 1);
      logits[2048 + at] = NaN;
      expect((await verify(logits, 2048, [1, 2])).map((row) => row.invalid)).toEqual([false, true, false]);
    }
  });

  it('hands each draft to the sequence, to the next forward and to its row', async () => {
    const vocabulary = 1000;
    const buffers = {
      logits: upload(randomLogits(vocabulary, 3)),
      sequence: upload(new Int32Array(4)),
      next: upload(new Int32Array(1)),
      rows: device.createBuffer({ size: 4 * GREEDY_ROW_BYTES, usage: STORAGE }),
    };
    const expected: GreedyRow[] = [];
    for (let drafted = 0; drafted < 4; drafted++) {
      const logits = randomLogits(vocabulary, 11 * drafted + 5);
      device.queue.writeBuffer(buffers.logits, 0, logits);
      const encoder = device.createCommandEncoder();
      kernel.draft(encoder, buffers, vocabulary, drafted);
      device.queue.submit([encoder.finish()]);
      expected.push(...greedyReference(logits, vocabulary));
      expect(Array.from(new Int32Array(await download(device, buffers.next)))).toEqual([expected[drafted]?.choice]);
    }
    expectRows(GreedyKernel.parse(await download(device, buffers.rows), 0, 4), expected);
    expect(Array.from(new Int32Array(await download(device, buffers.sequence)))).toEqual(expected.map((row) => row.choice));
  });

  it('gives a row the same bits with any other rows', async () => {
    const vocabulary = 2048;
    const logits = randomLogits(17 * vocabulary, 9);
    const drafted = Array.from({ length: 16 }, (_, i) => i * 100);
    const all = await verify(logits, vocabulary, drafted);
    for (const rows of [1, 2, 5, 9]) {
      const some = await verify(logits.slice(0, rows * vocabulary), vocabulary, drafted.slice(0, rows - 1));
      expect(some.slice(0, -1)).toEqual(all.slice(0, rows - 1));
      expect(some.at(-1)?.p).toBe(all[rows - 1]?.p);
    }
  });
});

// Rows of many slices, of which the last of the first size is not a whole one; slices as on a GPU, and as on a CPU that stands in for one.
describe.each([4096, 32_768])('greedy kernel: slices of %i', (slice) => {
  let sliced: GreedyKernel;
  beforeAll(async () => {
    sliced = await GreedyKernel.create(device, slice);
  });
  afterAll(() => sliced.dispose());

  for (const vocabulary of [152_000, 262_144]) {
    const last = vocabulary - 1;

    it(`joins a row of ${vocabulary}`, async () => {
      const logits = randomLogits(2 * vocabulary, 3);
      logits[last] = 13;
      logits[vocabulary + 8192] = 13;
      const rows = await verify(logits, vocabulary, [last], sliced);
      expectRows(rows, greedyReference(logits, vocabulary, [last]));
      expect(rows.map((row) => row.choice)).toEqual([last, 8192]);
    });

    it(`gives ties in a row of ${vocabulary} to the lowest id`, async () => {
      for (const ties of [
        [4095, 4096],
        [32_767, 32_768],
        [131_072, 4096, last],
        [last - 1, last],
        Array.from({ length: 60 }, (_, i) => 40_000 + 1000 * i),
      ]) {
        const logits = new Float32Array(vocabulary).fill(-1);
        for (const id of ties) logits[id] = 5;
        expect((await verify(logits, vocabulary, [], sliced))[0]?.choice).toBe(Math.min(...ties));
      }
      const [flat] = await verify(new Float32Array(vocabulary), vocabulary, [], sliced);
      expect(flat?.choice).toBe(0);
      expect(flat?.p).toBeCloseTo(1 / vocabulary, 8);
    });

    it(`knows of masked and invalid logits in a row of ${vocabulary}`, async () => {
      const logits = new Float32Array(2 * vocabulary).fill(-Infinity);
      logits[last] = -7;
      logits[vocabulary + 5000] = 1;
      const rows = await verify(logits, vocabulary, [0], sliced);
      expect(rows[0]).toEqual({ choice: last, p: 1, draftP: 0, invalid: false });
      logits[2 * vocabulary - 1] = Number.NaN;
      expect((await verify(logits, vocabulary, [0], sliced)).map((row) => row.invalid)).toEqual([false, true]);
    });
  }
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/core/types';
import { GREEDY_ROW_BYTES, GreedyKernel } from '../../src/gpu/kernels/greedy/greedy';
import { RANKED_ROW_BYTES, RankingKernel } from '../../src/gpu/kernels/ranking/ranking';
import { rankingReference } from '../../src/gpu/kernels/ranking/reference';
import { randomLogits } from '../support/random';
import { download } from './support/buffers';
import { openDevice, withLargestArrays } from './support/device';

const STORAGE = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
let device: GPUDevice;
let greedy: GreedyKernel;
let ranking: RankingKernel;

beforeAll(async () => {
  device = await openDevice(withLargestArrays);
  greedy = await GreedyKernel.create(device);
  ranking = await RankingKernel.create(device);
});
afterAll(() => {
  greedy.dispose();
  ranking.dispose();
  device.destroy();
});

function upload(data: Float32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({ size: data.byteLength, usage: STORAGE });
  device.queue.writeBuffer(buffer, 0, data);
  return buffer;
}

/** Ranks rows of the target and of the draft after the greedy kernel; its probabilities of each row's choice come along. */
async function rank(target: Float32Array<ArrayBuffer>, draft: Float32Array<ArrayBuffer> | null, vocabulary: number, by = ranking) {
  const encoder = device.createCommandEncoder();
  const chosen = (data: Float32Array<ArrayBuffer>) => {
    const count = data.length / vocabulary;
    const [logits, rows] = [upload(data), device.createBuffer({ size: count * GREEDY_ROW_BYTES, usage: STORAGE })];
    const sequence = device.createBuffer({ size: 4 * (count + 1), usage: STORAGE });
    greedy.verify(encoder, { logits, sequence, next: device.createBuffer({ size: 4, usage: STORAGE }), rows }, vocabulary, count - 1);
    return { logits, rows, count };
  };
  const [targetRows, draftRows] = [chosen(target), draft && chosen(draft)];
  const count = targetRows.count + (draftRows?.count ?? 0);
  const ranked = device.createBuffer({ size: count * RANKED_ROW_BYTES, usage: STORAGE });
  by.rank(encoder, targetRows, draftRows, ranked, vocabulary);
  device.queue.submit([encoder.finish()]);
  const choices = [targetRows, draftRows].map(async (rows) =>
    rows ? GreedyKernel.parse(await download(device, rows.rows), 0, rows.count) : [],
  );
  return { rows: RankingKernel.parse(await download(device, ranked), 0, count), choices: (await Promise.all(choices)).flat() };
}

function referenceOf(logits: Float32Array, vocabulary: number): Candidate[][] {
  return Array.from({ length: logits.length / vocabulary }, (_, row) =>
    rankingReference(logits.subarray(row * vocabulary, (row + 1) * vocabulary)),
  );
}

const idsOf = (rows: readonly (readonly Candidate[])[]) => rows.map((row) => row.map(({ id }) => id));

describe('ranking kernel', () => {
  for (const vocabulary of [1, 2, 3, 5, 31, 33, 257, 2048, 32001, 151936]) {
    it(`matches its reference on a vocabulary of ${vocabulary}, rows of the target and of the draft`, async () => {
      const target = randomLogits(3 * vocabulary, vocabulary);
      const draft = randomLogits(2 * vocabulary, vocabulary + 1);
      const { rows, choices } = await rank(target, draft, vocabulary);
      const expected = [...referenceOf(target, vocabulary), ...referenceOf(draft, vocabulary)];
      expect(idsOf(rows)).toEqual(idsOf(expected));
      rows.forEach((row, i) => {
        // The most likely one is the greedy kernel's choice, at exactly its probability.
        expect(row[0]).toEqual({ id: choices[i]?.choice, probability: choices[i]?.p });
        row.forEach(({ probability }, k) => {
          expect(probability).toBeCloseTo(expected[i]?.[k]?.probability ?? NaN, 5);
        });
      });
    });
  }

  it('ranks the target alone', async () => {
    const logits = randomLogits(2048, 6);
    expect(idsOf((await rank(logits, null, 2048)).rows)).toEqual(idsOf(referenceOf(logits, 2048)));
  });

  it('gives equals the order of their ids, wherever they stand', async () => {
    const logits = new Float32Array(2048).fill(-1);
    for (const id of [2047, 3, 1024, 35, 67]) logits[id] = 2;
    logits[9] = 1;
    expect(idsOf((await rank(logits, null, 2048)).rows)).toEqual([[3, 35, 67, 1024, 2047]]);
    expect(idsOf((await rank(new Float32Array(700), null, 700)).rows)).toEqual([[0, 1, 2, 3, 4]]);
  });

  it('finds the largest where one thread has many of them', async () => {
    const logits = randomLogits(8192, 2);
    for (let id = 7; id < 8192; id += 32) logits[id] = 20 + ((id * 31) % 256);
    expect(idsOf((await rank(logits, logits, 8192)).rows)).toEqual([
      ...idsOf(referenceOf(logits, 8192)),
      ...idsOf(referenceOf(logits, 8192)),
    ]);
  });

  it('leaves out what is masked', async () => {
    const logits = new Float32Array(600).fill(-Infinity);
    logits[77] = -40;
    logits[5] = -41;
    expect(idsOf((await rank(logits, null, 600)).rows)).toEqual([[77, 5]]);
  });
});

// As on a GPU, and as on a CPU that stands in for one.
describe.each([
  { width: 256, slice: 4096 },
  { width: 8, slice: 32_768 },
])('ranking kernel: $width threads, slices of $slice', ({ width, slice }) => {
  let sliced: RankingKernel;
  beforeAll(async () => {
    sliced = await RankingKernel.create(device, width, slice);
  });
  afterAll(() => sliced.dispose());

  for (const vocabulary of [152_000, 262_144]) {
    const last = vocabulary - 1;

    it(`joins rows of ${vocabulary}`, async () => {
      // Even, so that thousands are near the largest, and with ties.
      const target = randomLogits(2 * vocabulary, 8, 2).map((x) => Math.round(x * 1000) / 1000);
      target[last] = 5;
      const draft = randomLogits(vocabulary, 9);
      expect(idsOf((await rank(target, draft, vocabulary, sliced)).rows)).toEqual(
        idsOf([...referenceOf(target, vocabulary), ...referenceOf(draft, vocabulary)]),
      );
    });

    it(`gives equals in rows of ${vocabulary} the order of their ids, and leaves out what is masked`, async () => {
      const logits = new Float32Array(vocabulary).fill(-Infinity);
      for (const id of [last, 32_768, 32_767, 131_072, 70_000, 70_001]) logits[id] = 2;
      expect(idsOf((await rank(logits, null, vocabulary, sliced)).rows)).toEqual([[32_767, 32_768, 70_000, 70_001, 131_072]]);
      for (const id of [32_768, 70_000, 70_001, 131_072]) logits[id] = -Infinity;
      expect(idsOf((await rank(logits, null, vocabulary, sliced)).rows)).toEqual([[32_767, last]]);
      expect(idsOf((await rank(new Float32Array(vocabulary), null, vocabulary, sliced)).rows)).toEqual([[0, 1, 2, 3, 4]]);
    });
  }
});

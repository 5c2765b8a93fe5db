import { expect, it } from 'vitest';
import { NgramDrafter } from '../../src/core/loop/ngram';

const propose = async (history: number[], gamma = 4, shortest = 2) => {
  const proposal = await new NgramDrafter(shortest).propose(history, { model: 0, ngram: gamma });
  return proposal?.kind === 'ids' ? proposal.ids : proposal;
};

it('proposes what followed the same end before', async () => {
  expect(await propose([1, 2, 3, 4, 5, 6, 9, 1, 2])).toEqual([3, 4, 5, 6]);
  expect(await propose([1, 2, 3, 4, 5, 6, 9, 1, 2], 2)).toEqual([3, 4]);
});

it('prefers the longest end, and the latest occurrence of it', async () => {
  expect(await propose([7, 1, 2, 30, 8, 1, 2, 31, 9, 1, 2, 32, 8, 1, 2], 1)).toEqual([31]);
  expect(await propose([1, 2, 30, 1, 2, 31, 1, 2], 1)).toEqual([31]);
});

it('proposes fewer where the history ends, and lets a period overlap', async () => {
  expect(await propose([5, 5, 5], 4)).toEqual([5]);
  expect(await propose([1, 2, 1, 2, 1, 2], 4)).toEqual([1, 2]);
});

it('proposes nothing where nothing was found', async () => {
  expect(await propose([1, 2, 3, 4])).toBeNull();
  expect(await propose([1, 9, 1])).toBeNull();
  expect(await propose([1, 9, 1], 4, 1)).toEqual([9, 1]);
  expect(await propose([1])).toBeNull();
});

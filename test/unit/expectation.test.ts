import { expect, it } from 'vitest';
import { expectationOf, TIMED_ELSEWHERE } from '../../src/core/cost/expectation';

it.each([
  ['a small one', 360e6, TIMED_ELSEWHERE, 452, false],
  ['one of eight billion', 8e9, TIMED_ELSEWHERE, 10_051, true],
  ['one of eight billion on a quick machine', 8e9, { name: 'Pair', parameters: 5.8e6, tokenMs: 0.71 }, 979, false],
] as const)('a token of %s takes as much longer as it has more parameters', (_, parameters, from, tokenMs, isHopeless) => {
  const expected = expectationOf(parameters, from);
  expect(expected).toMatchObject({ from, isHopeless });
  expect(Math.round(expected.tokenMs)).toBe(tokenMs);
});

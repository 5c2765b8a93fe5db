import { expect, it } from 'vitest';
import { expectationOf } from '../../src/core/cost/expectation';

const TIMED = { name: 'SmolLM2 135M', parameters: 134_515_008, tokenMs: 169 };

it.each([
  ['a small one', 360e6, TIMED, 452, false],
  ['one of eight billion', 8e9, TIMED, 10_051, true],
  ['one of eight billion on a quick machine', 8e9, { name: 'Pair', parameters: 5.8e6, tokenMs: 0.71 }, 979, false],
] as const)('a token of %s takes as much longer as it has more parameters', (_, parameters, from, tokenMs, isHopeless) => {
  const expected = expectationOf(parameters, from);
  expect(expected).toMatchObject({ from, isHopeless });
  expect(Math.round(expected.tokenMs)).toBe(tokenMs);
});

import { expect, it } from 'vitest';
import { formatBytes } from '../../src/core/bytes';
import { formatCompact } from '../../src/ui/format';

it.each([
  [0, '0 kB'],
  [20_000, '20 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_234_567, '1.2 MB'],
  [102_888_500, '102.9 MB'],
  [999_949_999, '999.9 MB'],
  [999_950_000, '1.0 GB'],
  [2_980_000_000, '3.0 GB'],
  [1_500_000_000_000, '1,500.0 GB'],
])('%d bytes are %s', (bytes, told) => {
  expect(formatBytes(bytes)).toBe(told);
});

it('counts of parameters agree with the names of models', () => {
  expect([134_515_008, 361_821_120, 5_767_168, 819_200, 1_711_376_384, 7_615_616_512].map(formatCompact)).toEqual([
    '135M',
    '362M',
    '5.8M',
    '819K',
    '1.7B',
    '7.6B',
  ]);
});

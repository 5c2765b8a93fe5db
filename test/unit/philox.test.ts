import { describe, expect, it } from 'vitest';
import { Noise, PURPOSES, philox, seedWords, uniform } from '../../src/gpu/kernels/sampling/philox';

const words = (text: string) => text.split(' ').map((word) => Number.parseInt(word, 16));

describe('philox', () => {
  it("gives the known answers of Random123's kat_vectors", () => {
    for (const [counter, key, answer] of [
      ['0 0 0 0', '0 0', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
      ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
      ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
    ] as const) {
      const [c0, c1, c2, c3] = words(counter) as [number, number, number, number];
      const [k0, k1] = words(key) as [number, number];
      expect(philox([c0, c1, c2, c3], [k0, k1])).toEqual(words(answer));
    }
  });

  it('splits a seed into two words', () => {
    expect(seedWords(0)).toEqual([0, 0]);
    expect(seedWords(2 ** 32 + 5)).toEqual([5, 1]);
    expect(seedWords(0xfedcba9876543210n)).toEqual([0x76543210, 0xfedcba98]);
    expect(seedWords(Number.MAX_SAFE_INTEGER)).toEqual([0xffffffff, 0x1fffff]);
  });

  it('is uniform in [0, 1), and its streams and neighbours are uncorrelated', () => {
    const count = 20_000;
    const streams = Object.values(PURPOSES).map((purpose) => Array.from({ length: count }, (_, at) => uniform([7, 0], at, purpose)));
    for (const stream of streams) {
      const tenths = new Array<number>(10).fill(0);
      for (const u of stream) {
        expect(u >= 0 && u < 1).toBe(true);
        tenths[Math.floor(u * 10)] = (tenths[Math.floor(u * 10)] as number) + 1;
      }
      // 9 degrees of freedom: 35 is exceeded once in 16,000.
      expect(tenths.reduce((sum, seen) => sum + (seen - count / 10) ** 2 / (count / 10), 0)).toBeLessThan(35);
    }
    const correlation = (a: number[], b: number[]) =>
      (12 * a.reduce((sum, x, i) => sum + (x - 0.5) * ((b[i] as number) - 0.5), 0)) / a.length;
    streams.forEach((a, i) => {
      for (const b of streams.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(count));
      expect(Math.abs(correlation(a.slice(1), a.slice(0, -1)))).toBeLessThan(4 / Math.sqrt(count));
    });
  });

  it('gives every token of a position its own exponential noise', () => {
    const row = new Noise([3, 9], 41);
    const noise = Array.from({ length: 20_000 }, (_, id) => row.of(id));
    expect(new Set(noise).size).toBe(noise.length);
    expect(Math.min(...noise)).toBeGreaterThan(0);
    // Mean 1, standard deviation 1 / sqrt(count).
    expect(Math.abs(noise.reduce((a, b) => a + b) / noise.length - 1)).toBeLessThan(4 / Math.sqrt(noise.length));
  });
});

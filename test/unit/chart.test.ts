import { describe, expect, it } from 'vitest';
import { layOut, spread } from '../../src/ui/chart/scales';

describe('spread', () => {
  it('leaves apart what is apart', () => {
    expect(spread([10, 40, 25], 10, 0, 100)).toEqual([10, 40, 25]);
  });

  it('moves neighbours apart within bounds and keeps their order', () => {
    expect(spread([50, 50, 50], 10, 0, 100)).toEqual([50, 60, 70]);
    expect(spread([99, 98], 10, 0, 100)).toEqual([100, 90]);
  });

  it('is empty for nothing', () => {
    expect(spread([], 10, 0, 100)).toEqual([]);
  });
});

describe('the scales of a chart', () => {
  const size = { width: 600, height: 340, em: 13 };
  const number = { label: 'n', domain: [0, 10], format: String } as const;

  it('put the ends of the domain at the ends of the plot, the larger value higher', () => {
    const { x, y, left, right, top, bottom } = layOut(size, number, number, { top: 0, right: 0 });
    if (x.kind !== 'linear' || y.kind !== 'linear') throw new Error('not of numbers');
    expect([x.at(0), x.at(10)]).toEqual([left, right]);
    expect([y.at(0), y.at(10)]).toEqual([bottom, top]);
  });

  it('draw fewer ticks where there is less room', () => {
    const ticks = Array.from({ length: 17 }, (_, i) => i);
    const wide = layOut(size, { ...number, domain: [0, 16], ticks }, number, { top: 0, right: 0 });
    const narrow = layOut({ ...size, width: 200 }, { ...number, domain: [0, 16], ticks }, number, { top: 0, right: 0 });
    expect(narrow.x.ticks.length).toBeLessThan(wide.x.ticks.length);
  });

  it('stand on their feet where every value is the same', () => {
    const { y, bottom } = layOut(size, number, { ...number, domain: [0, 0] }, { top: 0, right: 0 });
    expect(y.kind === 'linear' && y.at(0)).toBe(bottom);
  });
});

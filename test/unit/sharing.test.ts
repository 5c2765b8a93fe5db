import { describe, expect, it } from 'vitest';
import { Sharing, type Way } from '../../src/model/cpu/wasm/sharing';

/** Milliseconds of a forward, by its number and the way. */
type Times = (forward: number, way: Way) => number;

const QUIET: Readonly<Record<Way, number>> = { together: 10, alone: 18 };
const BUSY: Readonly<Record<Way, number>> = { together: 90, alone: 36 };

/** What `count` forwards took, and how many of them were computed together. */
function compute(count: number, times: Times, likely: Way | null = null) {
  const sharing = new Sharing(likely);
  let [ms, together] = [0, 0];
  for (let forward = 0; forward < count; forward++) {
    const way = sharing.choose();
    const taken = times(forward, way);
    sharing.observe(way, taken);
    ms += taken;
    if (way === 'together') together++;
  }
  return { ms, together };
}

describe('whether threads compute together', () => {
  it('they do where that is the faster way, at the price of few trials', () => {
    const { ms, together } = compute(1000, (_, way) => QUIET[way]);
    expect(together).toBeGreaterThan(980);
    expect(ms).toBeLessThan(1.02 * 1000 * QUIET.together);
  });

  it('one does alone where other programs have the cores, at the price of few trials', () => {
    const { ms, together } = compute(1000, (_, way) => BUSY[way]);
    expect(together).toBeLessThan(12);
    expect(ms).toBeLessThan(1.03 * 1000 * BUSY.alone);
  });

  it('follows a machine that becomes busy within three forwards, and one that becomes quiet again after some hundred', () => {
    const turn = [1000, 3000] as const;
    const ways: Way[] = [];
    compute(6000, (forward, way) => {
      ways.push(way);
      return (forward >= turn[0] && forward < turn[1] ? BUSY : QUIET)[way];
    });
    expect(ways.slice(turn[0] + 3, turn[0] + 30)).not.toContain('together');
    expect(ways.slice(turn[1] + 1200, turn[1] + 1400).filter((way) => way === 'together').length).toBeGreaterThan(190);
  });

  it('begins with the likely way, and finds out where that is wrong', () => {
    for (const [likely, faster, times] of [
      ['together', 'together', QUIET],
      ['alone', 'alone', BUSY],
      ['together', 'alone', BUSY],
      ['alone', 'together', QUIET],
    ] as const) {
      const ways: Way[] = [];
      const note: Times = (_, way) => {
        ways.push(way);
        return times[way];
      };
      compute(40, note, likely);
      expect(ways.slice(0, 10), likely).toEqual(ways.slice(0, 10).map(() => likely));
      expect(ways.at(-1), `${likely}, though ${faster} is faster`).toBe(faster);
    }
  });

  it('is not misled by first forwards, whose code is compiled while they run', () => {
    const { together } = compute(300, (forward, way) => (forward < 4 ? 3 : 1) * QUIET[way]);
    expect(together).toBeGreaterThan(280);
  });

  it('is not moved by a single forward that was interrupted', () => {
    const { together } = compute(1000, (forward, way) => (forward % 50 === 7 ? 200 : QUIET[way]));
    expect(together).toBeGreaterThan(970);
  });

  it('computes together where the clock tells nothing', () => {
    expect(compute(200, () => 0).together).toBeGreaterThan(190);
  });
});

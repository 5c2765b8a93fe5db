import { describe, expect, it } from 'vitest';
import { type Arrived, noted, rateOf, secondsLeft } from '../../src/storage/rate';
import { randomNumbers } from '../support/random';

const LINK = 20e6 / 8;

/** What a link of 20 Mbit/s reports of a download, unevenly: at moments that jitter, in pieces that vary. */
function* reports(seed: number, seconds: number): Generator<Arrived> {
  const random = randomNumbers(seed);
  for (let atMs = 0; atMs < 1000 * seconds; atMs += 50 + 400 * random()) yield { atMs, bytes: (LINK * atMs) / 1000 - 64e3 * random() };
}

describe('the rate of a download', () => {
  it.each([1, 2, 3, 4])('is that of the link within a tenth, and so is the time left (seed %i)', (seed) => {
    const total = LINK * 60;
    let arrived: readonly Arrived[] = [];
    let judged = 0;
    for (const next of reports(seed, 40)) {
      arrived = noted(arrived, next);
      const rate = rateOf(arrived, next.atMs);
      if (rate === null || next.atMs < 2000) continue;
      judged++;
      expect(Math.abs(rate / LINK - 1)).toBeLessThan(0.1);
      const left = (total - next.bytes) / LINK;
      expect(Math.abs((secondsLeft(total - next.bytes, arrived, next.atMs) ?? 0) / left - 1)).toBeLessThan(0.1);
    }
    expect(judged).toBeGreaterThan(100);
  });

  it('tells the time left within a tenth where nothing comes for a moment between files', () => {
    const [fileBytes, gapMs, files] = [32 << 20, 900, 8];
    const fileMs = (1000 * fileBytes) / LINK;
    const wholeMs = files * (fileMs + gapMs) - gapMs;
    const loadedAt = (ms: number) => {
      const file = Math.floor(ms / (fileMs + gapMs));
      return file * fileBytes + Math.min(fileBytes, ((ms - file * (fileMs + gapMs)) * LINK) / 1000);
    };
    let arrived: readonly Arrived[] = [];
    let worst = 0;
    for (let atMs = 0; atMs < wholeMs - 3000; atMs += 250) {
      const bytes = loadedAt(atMs);
      if (bytes > (arrived.at(-1)?.bytes ?? -1)) arrived = noted(arrived, { atMs, bytes });
      const seconds = secondsLeft(files * fileBytes - bytes, arrived, atMs);
      if (seconds !== null && atMs > 2000) worst = Math.max(worst, Math.abs((1000 * seconds) / (wholeMs - atMs) - 1));
    }
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(0.1);
  });

  it('follows a link that becomes slower within some seconds', () => {
    let arrived: readonly Arrived[] = [];
    let bytes = 0;
    for (let atMs = 0; atMs <= 40_000; atMs += 250) {
      bytes += (atMs < 20_000 ? LINK : LINK / 5) / 4;
      arrived = noted(arrived, { atMs, bytes });
    }
    expect(rateOf(arrived, 40_000)).toBeCloseTo(LINK / 5, -3);
    // Of thirty seconds, and no more.
    expect(arrived.length).toBeLessThan(125);
  });

  it('falls while nothing comes, and then no time is told', () => {
    const arrived = [0, 500, 1000, 1500, 2000].reduce<readonly Arrived[]>(
      (all, atMs) => noted(all, { atMs, bytes: LINK * (atMs / 1000) }),
      [],
    );
    expect(rateOf(arrived, 2000)).toBeCloseTo(LINK, -1);
    expect(rateOf(arrived, 4000)).toBeCloseTo(LINK / 2, -1);
    expect([rateOf(arrived, 60_000), secondsLeft(1e6, arrived, 60_000)]).toEqual([0, null]);
  });

  it('is not told before there is enough to tell it of', () => {
    expect(rateOf([], 1000)).toBeNull();
    expect(
      rateOf(
        [
          { atMs: 0, bytes: 0 },
          { atMs: 400, bytes: 1e6 },
        ],
        400,
      ),
    ).toBeNull();
  });
});

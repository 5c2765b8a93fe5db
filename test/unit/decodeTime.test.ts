import { describe, expect, it } from 'vitest';
import { cachedHistory, noteCached } from '../../src/core/loop/cached';
import { decodeTime } from '../../src/core/loop/decodeTime';
import { type FakeLanguage, FakeTarget } from '../../src/model/fake';
import { abortedAfter } from '../support/abortedAfter';

const LANGUAGE: FakeLanguage = { vocabularySize: 16, order: 2, seed: 3 };
const ON = { aborted: false };
const PROMPT = [1, 2, 3, 4, 5];

/** A target with `PROMPT` in its cache, whose first token takes a second and every other one `tokenMs`. */
async function slowTarget(tokenMs: number) {
  const target = new FakeTarget(LANGUAGE, 4096);
  await target.prefill(PROMPT, ON);
  noteCached(target, PROMPT);
  let [now, tokens] = [0, 0];
  const { verify } = target;
  target.verify = (...round) => {
    now += tokens++ === 0 ? 1000 : tokenMs;
    return verify.apply(target, round);
  };
  return { target, clock: () => now, tokens: () => tokens };
}

describe('what a target takes for a token', () => {
  it('is the mean without the first, of three samples of about 50 ms, and the cache holds what it held', async () => {
    for (const [tokenMs, tokens] of [
      [10, 16],
      [400, 4],
      [0.1, 211],
    ] as const) {
      const slow = await slowTarget(tokenMs);
      expect(await decodeTime(slow.target, slow.clock, ON)).toBeCloseTo(tokenMs);
      expect(slow.tokens()).toBe(tokens);
      expect([slow.target.cachedLength, cachedHistory(slow.target)]).toEqual([PROMPT.length, PROMPT]);
    }
  });

  it('is not what a pause makes of it', async () => {
    const paused = await slowTarget(10);
    const { verify } = paused.target;
    let pauseMs = 0;
    paused.target.verify = (...round) => {
      if (paused.tokens() === 3) pauseMs = 1000;
      return verify.apply(paused.target, round);
    };
    expect(await decodeTime(paused.target, () => paused.clock() + pauseMs, ON)).toBeCloseTo(10);
  });

  it('needs one sample where it is far beyond what another device takes, and no pause explains it', async () => {
    for (const [tokenMs, otherMs, tokens] of [
      [5000, 100, 2],
      [5000, 1000, 4],
      [1500, 10, 4],
      [5000, Infinity, 4],
    ] as const) {
      const slow = await slowTarget(tokenMs);
      expect(await decodeTime(slow.target, slow.clock, ON, otherMs)).toBeCloseTo(tokenMs);
      expect(slow.tokens()).toBe(tokens);
    }
  });

  it('is measured no longer than the signal lets it', async () => {
    const slow = await slowTarget(10);
    await decodeTime(slow.target, slow.clock, abortedAfter(2));
    expect(slow.tokens()).toBeLessThan(5);
    expect(slow.target.cachedLength).toBe(PROMPT.length);
  });

  it('is not told where a forward failed, and nothing of the cache is trusted after it', async () => {
    const slow = await slowTarget(10);
    slow.target.verify = async () => {
      throw new Error('the device is gone');
    };
    await expect(decodeTime(slow.target, slow.clock, ON)).rejects.toThrow('gone');
    expect(cachedHistory(slow.target)).toEqual([]);
  });
});

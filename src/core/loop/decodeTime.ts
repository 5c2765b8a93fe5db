import type { StopSignal, Target, TokenId } from '../types';
import { keptTokens, noteCached, restore } from './cached';
import { WARM_UP } from './warmUp';

/** Samples, and of each the milliseconds that it fills with tokens, and the most tokens. */
const SAMPLES = { count: 3, ms: 50, most: 70 } as const;

/** A sample that takes so many times as long as another device, and longer than pauses last, says who is slower. */
const BEYOND = { times: 10, ms: 2000 } as const;

/**
 * What `target` takes to decode a token, in milliseconds: the mean of the shortest of three samples of tokens that nobody sees, after a first token, for which a device prepares much.
 * Other work, or a pause of the engine, only ever makes a sample longer. It ends after the token under way when `signal` aborts. The cache holds afterwards what it held before; after
 * an error its content is unknown.
 *
 * @param clock milliseconds from any fixed moment, never going back
 * @param otherMs what another device takes: one sample is enough that is far beyond it
 * @returns 0 where the clock stands still
 */
export async function decodeTime(target: Target, clock: () => number, signal: StopSignal, otherMs = Infinity): Promise<number> {
  const kept = keptTokens(null, target, target.capabilities.contextLength - 2);
  restore(kept);
  const history: readonly TokenId[] = [...kept.base, 0];
  const decode = async () => {
    await target.verify(history, null);
    target.truncate(history.length - 1);
  };
  try {
    await target.begin(WARM_UP, history.length);
    await decode();
    const samples: number[] = [];
    while (samples.length < SAMPLES.count && !signal.aborted) {
      const start = clock();
      let tokens = 0;
      do {
        await decode();
        tokens++;
      } while (!signal.aborted && tokens < SAMPLES.most && clock() - start < SAMPLES.ms);
      samples.push((clock() - start) / tokens);
      if ((samples.at(-1) as number) > Math.max(BEYOND.ms, BEYOND.times * otherMs)) break;
    }
    return Math.min(...samples);
  } catch (error) {
    noteCached(target, null);
    throw error;
  } finally {
    restore(kept);
  }
}

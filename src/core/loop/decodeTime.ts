import type { StopSignal, Target, TokenId } from '../types';
import { keptTokens, noteCached, restore } from './cached';
import { WARM_UP } from './warmUp';

/** Milliseconds that are filled with tokens, and how many there are at least and at most. */
const SAMPLE = { ms: 150, least: 2, most: 200 } as const;

/**
 * What `target` takes to decode a token, in milliseconds: the mean of some that nobody sees, after a first one, for which a device prepares much. It ends after the
 * token under way when `signal` aborts. The cache holds afterwards what it held before; after an error its content is unknown.
 *
 * @param clock milliseconds from any fixed moment, never going back
 * @returns 0 where the clock stands still
 */
export async function decodeTime(target: Target, clock: () => number, signal: StopSignal): Promise<number> {
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
    const start = clock();
    let tokens = 0;
    while (!signal.aborted && tokens < SAMPLE.most && (tokens < SAMPLE.least || clock() - start < SAMPLE.ms)) {
      await decode();
      tokens++;
    }
    return (clock() - start) / Math.max(1, tokens);
  } catch (error) {
    noteCached(target, null);
    throw error;
  } finally {
    restore(kept);
  }
}

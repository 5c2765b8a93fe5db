import { LIMITS } from '../types';
import type { RoundPrices } from './roundPrices';

/** What plain decoding takes, in milliseconds. */
export interface PlainPrice {
  /** What tokens that are read back together have once, their readback with it. */
  readonly sharedMs: number;
  /** A token besides. */
  readonly tokenMs: number;
}

/** Fewer readbacks are worth tokens that come together from this gain in speed on. */
const WORTH = 1.05;
/** A round is planned to end within it: Stop is heard between two rounds, and so is the text seen. */
const PATIENCE_MS = 400;
/** Tokens of an answer in which one that ends it was once expected, before any came. */
const BELIEF = 64;

/** The chance that the next token ends an answer of `tokens` so far, which may end. */
export function stopChance(tokens: number): number {
  return 1 / (tokens + BELIEF);
}

/** Tokens that a round of `count` plain ones brings on the average: those after the end of the answer are computed for nothing. */
function expectedPlain(count: number, stop: number): number {
  return stop === 0 ? count : (1 - (1 - stop) ** count) / stop;
}

/** How many plain tokens to read back together: as many as are expected to be fastest, up to `most`; one where readbacks are cheap. */
export function fastestPlain({ sharedMs, tokenMs }: PlainPrice, most: number, stop: number): number {
  const speed = (count: number) => expectedPlain(count, stop) / (sharedMs + count * tokenMs);
  let best = 1;
  for (let count = 2; count <= most && sharedMs + count * tokenMs <= PATIENCE_MS; count++) if (speed(count) > speed(best)) best = count;
  return speed(best) >= WORTH * speed(1) ? best : 1;
}

/** The same in the middle of a long answer. */
export function usualPlain(price: PlainPrice): number {
  return fastestPlain(price, LIMITS.gamma.max, 0);
}

/** Weight of the latest round of several plain tokens in what they share. */
const FRESH = 0.2;

/** Says before a round without a draft how many tokens it has, from what such rounds of the run took. */
export class PlainLength {
  readonly #prices: RoundPrices;
  readonly #stops: boolean;
  #sharedMs: number;
  #tokens = 0;
  /** Tokens since the latest draft. */
  #undrafted = 0;

  /**
   * @param prices of rounds of the run; of one plain token, what rounds of several are told it as (`observe`)
   * @param sharedMs what tokens that are read back together have once, as known before @param stops whether a token may end the answer
   */
  constructor(prices: RoundPrices, { sharedMs, stops }: { readonly sharedMs: number; readonly stops: boolean }) {
    this.#prices = prices;
    this.#sharedMs = sharedMs;
    this.#stops = stops;
  }

  /** @param most tokens that the run has room for @param drafts whether a draft may be found instead, which many tokens in a row would miss */
  choose(context: number, most: number, drafts: boolean): number {
    if (!this.#prices.isScaled) return 1;
    const stop = this.#stops ? stopChance(this.#tokens) : 0;
    return fastestPlain(this.#price(context), drafts ? Math.min(most, Math.max(1, this.#undrafted)) : most, stop);
  }

  /** Tokens in a millisecond, of rounds as `choose` has them. */
  speed(context: number, most: number): number {
    const price = this.#price(context);
    const count = this.choose(context, most, false);
    return count / (price.sharedMs + count * price.tokenMs);
  }

  /**
   * Takes in a round that drafted nothing, of `passes` tokens in `ms` (null: not what such a round takes).
   *
   * @returns what one of one token would have taken; null if that is unknown
   */
  observe(passes: number, context: number, ms: number | null): number | null {
    this.#tokens += passes;
    this.#undrafted += passes;
    if (ms === null || passes === 1) return ms;
    const single = this.#prices.of(0, context);
    const seen = (passes * single - ms) / (passes - 1);
    this.#sharedMs += FRESH * (Math.min(single, Math.max(0, seen)) - this.#sharedMs);
    return this.#sharedMs + Math.max(0, ms - this.#sharedMs) / passes;
  }

  /** Takes in a round that drafted, and what it committed. */
  drafted(tokens: number): void {
    this.#tokens += tokens;
    this.#undrafted = 0;
  }

  #price(context: number): PlainPrice {
    const single = this.#prices.of(0, context);
    const sharedMs = Math.min(this.#sharedMs, single);
    return { sharedMs, tokenMs: single - sharedMs };
  }
}

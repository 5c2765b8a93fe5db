/** A 64-bit seed as two unsigned 32-bit words, the low one first. */
export type SeedWords = readonly [low: number, high: number];

/**
 * What a random number is for. Each purpose is a stream of its own: at one position the draft's draw, the acceptance and
 * the residual's draw share nothing, as a residual drawn from the noise that chose the draft is biased. The bonus token
 * is drawn from `residual` too: a position has one or the other. `noise` is the coupled rule's: one number for each
 * position and token, shared by draft and target.
 */
export interface Purposes {
  readonly draft: number;
  readonly acceptance: number;
  readonly residual: number;
  readonly noise: number;
}

export const PURPOSES: Purposes = { draft: 0, acceptance: 1, residual: 2, noise: 3 };

type Words = readonly [number, number, number, number];

/** High word of an unsigned 32 x 32 bit product. */
function high(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = (Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16);
  const cross = (Math.imul(a0, b1) >>> 0) + (middle & 0xffff);
  return (Math.imul(a1, b1) + (middle >>> 16) + (cross >>> 16)) >>> 0;
}

/**
 * Philox4x32-10, a counter-based generator: the same counter and key always give the same four words.
 * Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 3.3.
 */
export function philox([c0, c1, c2, c3]: Words, [k0, k1]: SeedWords): Words {
  for (let round = 0; round < 10; round++) {
    const high0 = high(0xd2511f53, c0);
    const high1 = high(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The words of a seed, a whole number from 0 to 2^64 - 1; what is larger, or negative, wraps. */
export function seedWords(seed: number | bigint): SeedWords {
  const wide = BigInt.asUintN(64, BigInt(seed));
  return [Number(wide & 0xffffffffn), Number(wide >> 32n)];
}

/** A number in [0, 1) with 24 bits: counter (position, purpose, 0, 0), first word. */
export function uniform(seed: SeedWords, position: number, purpose: number): number {
  return (philox([position, purpose, 0, 0], seed)[0] >>> 8) / 2 ** 24;
}

/**
 * The coupled rule's noise at a position, for each token an exponential deviate E: argmax(log p + g) with Gumbel noise
 * g = -log E is argmax(p / E). Four tokens share a counter, (position, noise, id / 4, 0), and take a word each.
 */
export class Noise {
  readonly #seed: SeedWords;
  readonly #position: number;
  /** The latest counter's third word, and what it gave. */
  #four = -1;
  #words: Words = [0, 0, 0, 0];

  constructor(seed: SeedWords, position: number) {
    this.#seed = seed;
    this.#position = position;
  }

  /** The deviate of token `id`; the tokens of a row in their order take a quarter of the time. */
  of(id: number): number {
    const four = id >>> 2;
    if (four !== this.#four) this.#words = philox([this.#position, PURPOSES.noise, four, 0], this.#seed);
    this.#four = four;
    return -Math.log1p(-((this.#words[id & 3] as number) + 0.5) / 2 ** 32);
  }
}

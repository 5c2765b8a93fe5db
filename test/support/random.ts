/**
 * A stream of numbers in [0, 1), the same for a seed on every machine (a linear congruential generator modulo 2^32, Numerical Recipes).
 *
 * @param seed a whole number, 0 to 2^32 - 1
 */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** `size` logits from `-spread` to `spread`, the same for a seed on every machine. */
export function randomLogits(size: number, seed: number, spread = 12): Float32Array<ArrayBuffer> {
  const draw = randomNumbers(seed);
  return Float32Array.from({ length: size }, () => draw() * 2 * spread - spread);
}

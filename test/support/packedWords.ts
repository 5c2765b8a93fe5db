/** Random matrices as the files of models have them. */
export const [HALVES, SCALES, FLOATS] = [0, 1, 2] as const;

export interface GroupedKind {
  readonly bits: number;
  readonly group: number;
  readonly form: number;
}

/** All kinds of grouped matrices. */
export const EVERY_KIND: readonly GroupedKind[] = [4, 8].flatMap((bits) =>
  [16, 32].flatMap((group) => [HALVES, SCALES, FLOATS].map((form) => ({ bits, group, form }))),
);

/** Numbers from 0 to 1 without a generator of the platform's: the same on every machine. */
export function someNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const floatBits = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] as number;

/** A matrix [inner, columns] of random codes and scales, laid out as training/library/grouped.py says. */
export function groupedWords({ bits, group, form }: GroupedKind, inner: number, columns: number): Uint32Array<ArrayBuffer> {
  const next = someNumbers(bits * 1000 + group * 10 + form);
  const codes = (inner * columns * bits) / 32;
  const scales = (inner / group) * columns * (form === FLOATS ? 2 : 1);
  const words = new Uint32Array(8 + codes + scales);
  words.set([0x31475446, bits, group, form, floatBits(form === SCALES ? -7 : 1), 0, inner, columns]);
  for (let i = 8; i < 8 + codes; i++) words[i] = Math.floor(next() * 2 ** 32);
  for (let i = 8 + codes; i < words.length; i++) {
    // Halves of either sign around 2^-5, and floats alike.
    const someHalf = () => (next() < 0.5 ? 0x8000 : 0) | (10 << 10) | Math.floor(next() * 1024);
    words[i] = form === HALVES ? someHalf() | (someHalf() << 16) : floatBits((next() - 0.5) / 8);
  }
  return words;
}

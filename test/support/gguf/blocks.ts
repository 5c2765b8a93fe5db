import { TENSOR_TYPES, type TensorType } from '../../../src/formats/gguf/tensorTypes';

/** A type of tensor by its name. */
export function typeOf(name: string): TensorType & { readonly id: number } {
  for (const [id, type] of TENSOR_TYPES) if (type.name === name) return { id, ...type };
  throw new Error(`There is no type ${name}.`);
}

/** `count` bytes of the generator that test/fixtures/gguf/make.py has as well. */
export function stream(seed: number, count: number): Uint8Array {
  let x = seed;
  return Uint8Array.from({ length: count }, () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x >>> 24;
  });
}

/** Where a block has a float16. */
const HALVES: Record<string, readonly number[]> = {
  ...{ Q4_0: [0], Q4_1: [0, 2], Q5_0: [0], Q5_1: [0, 2], Q8_0: [0], Q4_K: [0, 2], Q5_K: [0, 2], Q6_K: [208], F16: [0] },
};

/** Random blocks, as make.py makes them: every number finite; the first of a quantised type is nothing, the second has the largest codes. `normal`: no float16 is subnormal. */
export function randomBlocks(name: string, seed: number, count: number, normal = false): Uint8Array {
  const { bytes: size } = typeOf(name);
  const bytes = stream(seed, count * size);
  const halves = HALVES[name];
  for (let block = 0; block < count; block++) {
    for (const at of halves ?? []) {
      const place = block * size + at + 1;
      const high = bytes[place] ?? 0;
      bytes[place] = normal ? (high & 0x9f) | 0x20 : (high & 0x7c) === 0x7c ? high & 0xbf : high;
    }
    if (!halves) bytes[(block + 1) * size - 1] = (bytes[(block + 1) * size - 1] ?? 0) & 0xbf;
  }
  if (halves && name !== 'F16') {
    bytes.fill(0, 0, size);
    bytes.fill(255, name === 'Q6_K' ? size : size + 4, name === 'Q6_K' ? size + 208 : 2 * size);
  }
  return bytes;
}

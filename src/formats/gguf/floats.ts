import { FailureError } from '../../core/failure';
import type { TensorType } from './tensorTypes';

const VALUES = new Float32Array(1 << 16);
for (let bits = 0; bits < 1 << 16; bits++) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? (fraction ? Number.NaN : Infinity) : (1024 + fraction) * 2 ** (exponent - 25);
  VALUES[bits] = bits >> 15 ? -size : size;
}

/** The float16 in the two bytes at `at`, lowest first. */
export function half(bytes: Uint8Array, at: number): number {
  return VALUES[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] ?? 0;
}

/** The float16 bits of `value`; null where it is not exactly a float16 that is zero or normal: what is subnormal an adapter may take for zero. */
export function halfBits(value: number): number | null {
  FLOAT[0] = value;
  const bits = BITS[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  if (value === 0) return sign;
  const size = Math.abs(value);
  if (!(size >= 2 ** -14 && size <= 65504) || bits & 0x1fff) return null;
  return sign | ((((bits >>> 23) & 255) - 112) << 10) | ((bits >>> 13) & 1023);
}
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** The types that hold plain numbers, as norms and biases do. */
export const FLOAT_TYPES: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);

/** The numbers of a tensor of one of FLOAT_TYPES. @throws FailureError gguf-invalid where one is not finite */
export function readFloats(bytes: Uint8Array, type: TensorType): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const floats = new Float32Array(bytes.length / type.bytes);
  const words = new Uint32Array(floats.buffer);
  for (let i = 0; i < floats.length; i++) {
    if (type.name === 'F16') floats[i] = half(bytes, 2 * i);
    else words[i] = type.name === 'BF16' ? view.getUint16(2 * i, true) << 16 : view.getUint32(4 * i, true);
    if (!Number.isFinite(floats[i])) {
      throw new FailureError('gguf-invalid', 'The GGUF file cannot be used: one of its numbers is not finite.', 'Choose another file.');
    }
  }
  return floats;
}

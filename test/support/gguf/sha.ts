import { createHash } from 'node:crypto';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of float32 numbers, both zeros alike, as make.py's `digest`. */
export function digest(floats: Float32Array): string {
  const same = floats.map((value) => value + 0);
  return sha256(new Uint8Array(same.buffer));
}

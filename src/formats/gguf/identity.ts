import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { OpenedGguf } from './open';
import { readExactly } from './source';

const PIECE_BYTES = 1 << 20;
const SAMPLES = 64;
const SAMPLE_BYTES = 64 << 10;

/**
 * Tells files apart without reading all of them: a SHA-256, in hexadecimal, of the length, all that stands before the weights, and pieces all over
 * these. Another training or another quantisation changes weights everywhere.
 *
 * @throws FailureError gguf-invalid where the file cannot be read; or the signal's reason
 */
export async function identityOf({ source, tensors }: Pick<OpenedGguf, 'source' | 'tensors'>, signal?: AbortSignal): Promise<string> {
  const { size } = source;
  const hash = sha256.create().update(new TextEncoder().encode(`${size} `));
  const add = async (offset: number, length: number) => {
    signal?.throwIfAborted();
    hash.update(await readExactly(source, offset, length));
  };
  const weightsAt = [...tensors.values()].reduce((first, { offset }) => Math.min(first, offset), size);
  // Pieces would cover few weights more than once.
  const whole = size - weightsAt <= SAMPLES * SAMPLE_BYTES ? size : weightsAt;
  for (let at = 0; at < whole; at += PIECE_BYTES) await add(at, Math.min(PIECE_BYTES, whole - at));
  for (let i = 0; i < SAMPLES && whole < size; i++) {
    await add(whole + Math.floor(((size - SAMPLE_BYTES - whole) * i) / (SAMPLES - 1)), SAMPLE_BYTES);
  }
  return bytesToHex(hash.digest());
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type ByteSource, readExactly } from './source';

const BEGINNING_BYTES = 1 << 20;
const SAMPLES = 64;
const SAMPLE_BYTES = 64 << 10;

/**
 * Tells files apart without reading all of them: a SHA-256, in hexadecimal, of the length, the beginning, and pieces all over the file. Another
 * training or another quantisation changes weights everywhere.
 *
 * @throws FailureError gguf-invalid where the file cannot be read; or the signal's reason
 */
export async function identityOf(source: ByteSource, signal?: AbortSignal): Promise<string> {
  const hash = sha256.create().update(new TextEncoder().encode(`${source.size} `));
  // Pieces would cover a short file more than once.
  const beginning = source.size <= BEGINNING_BYTES + SAMPLES * SAMPLE_BYTES ? source.size : BEGINNING_BYTES;
  hash.update(await readExactly(source, 0, beginning));
  for (let i = 0; i < SAMPLES && beginning < source.size; i++) {
    signal?.throwIfAborted();
    hash.update(await readExactly(source, Math.floor(((source.size - SAMPLE_BYTES) * i) / (SAMPLES - 1)), SAMPLE_BYTES));
  }
  return bytesToHex(hash.digest());
}

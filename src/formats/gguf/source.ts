import { FailureError } from '../../core/failure';

/** Where the bytes of a file come from, piece by piece: a Blob, a handle of Node, an array. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** The `length` bytes from `offset` on, both within `size`. May reject with whatever the platform throws. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What of a Blob or File is read. */
interface Sliceable {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A chosen file, of which only the pieces that are asked for come into memory. */
export function blobSource(blob: Sliceable): ByteSource {
  return { size: blob.size, read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()) };
}

export function arraySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/**
 * Exactly the bytes that were asked for.
 *
 * @throws FailureError gguf-invalid where the file cannot be read, or has become shorter
 */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length).catch((cause) => {
    throw unreadable(`${length} bytes from ${offset} on could not be read`, cause);
  });
  if (bytes.length !== length) throw unreadable(`it gave ${bytes.length} of the ${length} bytes from ${offset} on`);
  return bytes;
}

function unreadable(what: string, cause?: unknown) {
  return new FailureError(
    'gguf-invalid',
    `The GGUF file could not be read: ${what}.`,
    'It may have been moved or changed. Choose the file again.',
    cause,
  );
}

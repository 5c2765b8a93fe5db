/** What `bytes` hold, packed as `format` says; null where they are no such thing, or hold more than `most` bytes: a few can stand for very many. */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  format: CompressionFormat,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
      total += value.length;
      if (total > most) break;
      chunks.push(value);
    }
  } catch {
    return null;
  }
  await reader.cancel().catch(() => undefined);
  return null;
}

import { shelfOf } from '../catalog/storedModels';
import type { FileStorage } from '../storage/port';
import { hashOfBytes } from '../storage/sha256';

/** Keeps `bytes` at `place`, where web-llm looks for it, with their hash. @throws what the storage says, as where there is no room */
export async function keepFile(
  storage: FileStorage,
  place: string,
  bytes: Uint8Array,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const content = bytes as Uint8Array<ArrayBuffer>;
  const kept = { bytes: content.length, sha256: await hashOfBytes(content) };
  const type = place.endsWith('.json') ? 'application/json' : 'application/octet-stream';
  await (await storage.open(shelfOf(place))).put(place, streamOf(content), { ...kept, type });
  return kept;
}

/** Not by way of a Blob, which the browser keeps a copy of until it collects garbage. */
function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

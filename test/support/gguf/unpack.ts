import type { ConvertedFile } from '../../../src/formats/gguf';
import { half } from '../../../src/formats/gguf/floats';

interface CacheRecord {
  readonly name: string;
  readonly dtype: string;
  readonly nbytes: number;
  readonly byteOffset: number;
}

/** The arrays of a converted model by name, as tensor-cache.json says where they lie. */
export function arraysOf(files: readonly ConvertedFile[]): Map<string, Uint8Array> {
  const byName = new Map(files.map(({ path, bytes }) => [path.replace('resolve/main/', ''), bytes]));
  const index = JSON.parse(new TextDecoder().decode(byName.get('tensor-cache.json'))) as {
    records: { dataPath: string; records: CacheRecord[] }[];
  };
  return new Map(
    index.records.flatMap(({ dataPath, records }) => {
      const shard = byName.get(dataPath) ?? new Uint8Array();
      return records.map(({ name, byteOffset, nbytes }) => [name, shard.slice(byteOffset, byteOffset + nbytes)] as const);
    }),
  );
}

/**
 * What a kernel reads of a packed matrix: [inner, columns], row after row. Written after training/library/grouped.py's docstring, not after the code that
 * packs.
 */
export function unpack(bytes: Uint8Array): { readonly inner: number; readonly columns: number; readonly weights: Float32Array } {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const [mark, bits = 0, group = 0, form = 0, , , inner = 0, columns = 0] = words;
  if (mark !== 0x31475446) throw new Error('The first word is not the mark.');
  const factor = floats[4] ?? 0;
  const per = 32 / bits;
  const scales = 8 + (inner / per) * columns;
  const weights = new Float32Array(inner * columns);
  for (let row = 0; row < inner; row++) {
    for (let column = 0; column < columns; column++) {
      const word = words[8 + Math.floor(row / per) * columns + column] ?? 0;
      // Byte p is row p of a word of 8 bits; its halves are rows p and 4 + p of one of 4.
      const byte = (word >>> (8 * (row % 4))) & 255;
      const code = bits === 8 ? byte : row % 8 < 4 ? byte & 15 : byte >> 4;
      const place = Math.floor(row / group) * columns + column;
      if (form === 1) {
        weights[row * columns + column] = (floats[scales + place] ?? 0) * (code + factor);
        continue;
      }
      const pair = scales + 2 * (place - (place % 4)) + (place % 4);
      const at = 4 * (scales + place);
      const [scale = 0, offset = 0] = form === 0 ? [half(bytes, at), half(bytes, at + 2)] : [floats[pair], floats[pair + 4]];
      weights[row * columns + column] = Math.fround(scale * code) + offset;
    }
  }
  return { inner, columns, weights };
}

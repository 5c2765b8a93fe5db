import type { BlockType } from './blocks';
import { formFor, GroupedMatrix, partsOf } from './grouped';
import { type PackedArray, Shards } from './shards';

/** A file of the folder that web-llm loads a model from; `path` from that folder on. */
export interface ConvertedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A matrix whose rows are whole blocks of `type`, read as they are needed. */
export interface BlockRows {
  readonly type: BlockType;
  readonly rows: number;
  /** The blocks of rows `from` to `to`, `to` not among them. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A matrix of the library: all rows of `sources`, each as a column. */
export interface RowsAsColumns {
  readonly name: string;
  readonly inner: number;
  readonly columns: number;
  readonly sources: readonly BlockRows[];
  readonly place: (row: number) => number;
}

/** Most that is read at a time, except where a row is longer. */
const PIECE_BYTES = 1 << 20;

export function inFolder(name: string, bytes: Uint8Array): ConvertedFile {
  return { path: `resolve/main/${name}`, bytes };
}

export function jsonFile(name: string, value: object): ConvertedFile {
  return inFolder(name, new TextEncoder().encode(JSON.stringify(value)));
}

/** `arrays` as the files of a tensor cache; its list comes last, so that a folder that has it is whole. */
export async function* tensorFiles(arrays: AsyncIterable<PackedArray>): AsyncGenerator<ConvertedFile, void, void> {
  const shards = new Shards();
  for await (const array of arrays) {
    for (const { dataPath, bytes } of shards.add(array)) yield inFolder(dataPath, bytes);
  }
  for (const { dataPath, bytes } of shards.end()) yield inFolder(dataPath, bytes);
  yield jsonFile('tensor-cache.json', shards.index());
}

/** The parts of a packed matrix, one after another; each reads those rows alone that become its columns. */
export async function* packMatrix({ name, inner, columns, sources, place }: RowsAsColumns): AsyncGenerator<PackedArray> {
  const form = formFor(sources.map(({ type }) => type));
  const parts = partsOf(inner, columns);
  const width = columns / parts;
  for (let part = 0; part < parts; part++) {
    const packed = new GroupedMatrix(form, inner, width, part * width);
    let before = 0;
    for (const { type, rows, read } of sources) {
      const rowBytes = (inner / type.weights) * type.bytes;
      for (const [from, to] of runsOf(rows, Math.max(1, Math.floor(PIECE_BYTES / rowBytes)), (row) => packed.has(place(before + row)))) {
        const bytes = await read(from, to);
        for (let row = from; row < to; row++) packed.put(place(before + row), bytes, (row - from) * rowBytes, type);
      }
      before += rows;
    }
    const words = packed.words();
    yield { name: parts === 1 ? name : `${name}.${part}`, dtype: 'uint32', bytes: new Uint8Array(words.buffer) };
  }
}

/** The rows below `rows` that are `wanted`, in runs of at most `most` that follow one another. */
function* runsOf(rows: number, most: number, wanted: (row: number) => boolean): Generator<[from: number, to: number]> {
  for (let from = 0; from < rows; ) {
    if (!wanted(from)) {
      from++;
      continue;
    }
    let to = from + 1;
    while (to < rows && to - from < most && wanted(to)) to++;
    yield [from, to];
    from = to;
  }
}

/** A vector of the library: `numbers`, each put to its place. */
export function packVector(name: string, numbers: Float32Array, place: (index: number) => number): PackedArray {
  const floats = new Float32Array(numbers.length);
  for (const [index, value] of numbers.entries()) floats[place(index)] = value;
  return { name, dtype: 'float32', bytes: new Uint8Array(floats.buffer) };
}

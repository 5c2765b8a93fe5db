import { chatConfig } from './config';
import { readFloats } from './floats';
import { formFor, GroupedMatrix, partsOf } from './grouped';
import type { TensorInfo } from './header';
import type { OpenedGguf } from './open';
import type { MatrixParameter, VectorParameter } from './parameters';
import type { ShapeLibrary } from './shape';
import { type PackedArray, Shards } from './shards';
import { readExactly } from './source';
import { tokenizerJson } from './tokenizer';

/** A file of the folder that web-llm loads a model from; `path` from that folder on. */
export interface ConvertedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface ConversionProgress {
  /** Of the file's weights; all of them at the end. */
  readonly readBytes: number;
  readonly totalBytes: number;
}

/** Most of the file that is held at a time, except where a row is longer. */
const PIECE_BYTES = 1 << 20;

/**
 * The model of `opened` as web-llm loads it on `library`. In memory at a time are one shard, of about 32 MiB or a single larger array, and the array that is
 * being packed, which has at most 128 MiB.
 *
 * @throws FailureError gguf-invalid where weights cannot be read or are not finite; or the signal's reason
 */
export async function* convertGguf(
  opened: OpenedGguf,
  library: ShapeLibrary,
  report: (progress: ConversionProgress) => void,
  signal: AbortSignal,
): AsyncGenerator<ConvertedFile, void, void> {
  yield json('mlc-chat-config.json', chatConfig(opened, library));
  yield json('tokenizer.json', tokenizerJson(opened.tokenizer));
  const shards = new Shards();
  for await (const array of arraysOf(opened, report, signal)) {
    for (const { dataPath, bytes } of shards.add(array)) yield inFolder(dataPath, bytes);
  }
  for (const { dataPath, bytes } of shards.end()) yield inFolder(dataPath, bytes);
  // Last, so that a folder that has it is whole.
  yield json('tensor-cache.json', shards.index());
}

function inFolder(name: string, bytes: Uint8Array): ConvertedFile {
  return { path: `resolve/main/${name}`, bytes };
}

function json(name: string, value: object): ConvertedFile {
  return inFolder(name, new TextEncoder().encode(JSON.stringify(value)));
}

async function* arraysOf(
  opened: OpenedGguf,
  report: (progress: ConversionProgress) => void,
  signal: AbortSignal,
): AsyncGenerator<PackedArray> {
  const { parameters, sizes, source } = opened;
  let readBytes = 0;
  const read = async (tensor: TensorInfo, offset: number, length: number) => {
    signal.throwIfAborted();
    const bytes = await readExactly(source, tensor.offset + offset, length);
    signal.throwIfAborted();
    readBytes += length;
    report({ readBytes, totalBytes: sizes.weightBytes });
    return bytes;
  };
  for (const matrix of parameters.matrices) yield* packMatrix(matrix, read);
  for (const vector of parameters.vectors) yield await packVector(vector, read);
}

type Read = (tensor: TensorInfo, offset: number, length: number) => Promise<Uint8Array>;

/** The parts of `matrix`, one after another; each reads those rows alone that become its columns. */
async function* packMatrix({ name, inner, columns, sources, place }: MatrixParameter, read: Read): AsyncGenerator<PackedArray> {
  const form = formFor(sources.map(({ type }) => type));
  const parts = partsOf(inner, columns);
  const width = columns / parts;
  for (let part = 0; part < parts; part++) {
    const packed = new GroupedMatrix(form, inner, width, part * width);
    let before = 0;
    for (const { tensor, type } of sources) {
      const rowBytes = (inner / type.weights) * type.bytes;
      const rows = tensor.bytes / rowBytes;
      for (const [from, to] of runsOf(rows, Math.max(1, Math.floor(PIECE_BYTES / rowBytes)), (row) => packed.has(place(before + row)))) {
        const bytes = await read(tensor, from * rowBytes, (to - from) * rowBytes);
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

async function packVector({ name, sources, length, place }: VectorParameter, read: Read): Promise<PackedArray> {
  const floats = new Float32Array(length);
  let index = 0;
  for (const tensor of sources) {
    for (const value of readFloats(await read(tensor, 0, tensor.bytes), tensor.type)) {
      floats[place(index)] = value;
      index++;
    }
  }
  return { name, dtype: 'float32', bytes: new Uint8Array(floats.buffer) };
}

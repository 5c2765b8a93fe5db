import { chatConfig } from './config';
import { readFloats } from './floats';
import type { TensorInfo } from './header';
import type { OpenedGguf } from './open';
import { type BlockRows, type ConvertedFile, jsonFile, packMatrix, packVector, tensorFiles } from './packing';
import type { MatrixParameter, VectorParameter } from './parameters';
import type { ShapeLibrary } from './shape';
import type { PackedArray } from './shards';
import { readExactly } from './source';
import { tokenizerJson } from './tokenizer';

export interface ConversionProgress {
  /** Of the file's weights; all of them at the end. */
  readonly readBytes: number;
  readonly totalBytes: number;
}

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
  yield jsonFile('mlc-chat-config.json', chatConfig(opened, library));
  yield jsonFile('tokenizer.json', tokenizerJson(opened.tokenizer));
  yield* tensorFiles(arraysOf(opened, report, signal));
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
  for (const matrix of parameters.matrices) {
    yield* packMatrix({ ...matrix, sources: matrix.sources.map((source) => rowsOf(source, matrix.inner, read)) });
  }
  for (const vector of parameters.vectors) yield packVector(vector.name, await numbersOf(vector, read), vector.place);
}

type Read = (tensor: TensorInfo, offset: number, length: number) => Promise<Uint8Array>;

function rowsOf({ tensor, type }: MatrixParameter['sources'][number], inner: number, read: Read): BlockRows {
  const rowBytes = (inner / type.weights) * type.bytes;
  return { type, rows: tensor.bytes / rowBytes, read: (from, to) => read(tensor, from * rowBytes, (to - from) * rowBytes) };
}

async function numbersOf({ sources, length }: VectorParameter, read: Read): Promise<Float32Array> {
  const numbers = new Float32Array(length);
  let at = 0;
  for (const tensor of sources) {
    const some = readFloats(await read(tensor, 0, tensor.bytes), tensor.type);
    numbers.set(some, at);
    at += some.length;
  }
  return numbers;
}

import { type ConvertedFile, inFolder, jsonFile, packMatrix, packVector, tensorFiles } from '../gguf/packing';
import type { Shape, ShapeLibrary } from '../gguf/shape';
import type { PackedArray } from '../gguf/shards';
import { blocksOf, MLC_GROUP, readNumbers } from './groups';
import { type MlcMatrix, planTensors } from './plan';
import { invalid } from './refusals';
import type { MlcTensor } from './tensors';

/** The files of a model in MLC's format. */
export interface MlcFolder {
  /** The contents of mlc-chat-config.json and tokenizer.json. */
  readonly config: object;
  readonly tokenizer: Uint8Array;
  readonly tensors: ReadonlyMap<string, MlcTensor>;
  /** `length` bytes of `file` from `offset` on. */
  read(file: string, offset: number, length: number): Promise<Uint8Array>;
}

/**
 * The model of `folder` as web-llm loads it on our `library`: the same weights, to the bit. In memory at a time are one shard, of about 32 MiB or a single
 * larger array, and the array that is being packed, which has at most 128 MiB.
 *
 * @param report called with the bytes of weights that were read
 * @throws FailureError manifest-invalid where weights are missing, cut or not finite; or the signal's reason
 */
export async function* convertMlc(
  folder: MlcFolder,
  shape: Shape,
  library: ShapeLibrary,
  report: (readBytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<ConvertedFile, void, void> {
  yield jsonFile('mlc-chat-config.json', configFor(folder.config, shape, library));
  yield inFolder('tokenizer.json', folder.tokenizer);
  yield* tensorFiles(arraysOf(folder, shape, report, signal));
}

/** The model's own, for a library of ours, and with what it may leave out. */
function configFor(config: object, shape: Shape, { context, prefillChunk }: ShapeLibrary): object {
  const { model_config: own } = config as { readonly model_config?: object };
  return {
    ...config,
    model_config: { ...own, num_key_value_heads: shape.kvHeads, head_dim: shape.headDim, rope_theta: shape.ropeTheta },
    quantization: 'grouped',
    context_window_size: Math.min(shape.context, context),
    sliding_window_size: -1,
    attention_sink_size: -1,
    prefill_chunk_size: prefillChunk,
    tokenizer_files: ['tokenizer.json'],
  };
}

async function* arraysOf(
  folder: MlcFolder,
  shape: Shape,
  report: (readBytes: number) => void,
  signal: AbortSignal,
): AsyncGenerator<PackedArray> {
  const { matrices, vectors } = planTensors(shape, folder.tensors);
  let readBytes = 0;
  const read = async ({ file, offset }: MlcTensor, from: number, length: number) => {
    signal.throwIfAborted();
    const bytes = await folder.read(file, offset + from, length);
    signal.throwIfAborted();
    if (bytes.length !== length) throw invalid(`${file} is cut short`);
    readBytes += length;
    report(readBytes);
    return bytes;
  };
  for (const matrix of matrices) yield* packMatrix({ ...matrix, sources: [rowsOf(matrix, read)] });
  for (const { name, numbers, place } of vectors)
    yield packVector(name, readNumbers(await read(numbers, 0, numbers.bytes), numbers.stored), place);
}

type Read = (tensor: MlcTensor, offset: number, length: number) => Promise<Uint8Array>;

function rowsOf({ words, scales, columns }: MlcMatrix, read: Read) {
  const [ofWords, ofScales] = [words.bytes / columns, scales.bytes / columns];
  return {
    type: MLC_GROUP,
    rows: columns,
    read: async (from: number, to: number) =>
      blocksOf(
        await read(words, from * ofWords, (to - from) * ofWords),
        await read(scales, from * ofScales, (to - from) * ofScales),
        scales.stored,
      ),
  };
}

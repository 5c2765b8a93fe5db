import type { ConvTemplate } from './conversation';
import { FLOAT_TYPES, readFloats } from './floats';
import { formFor, packedWords, partsOf } from './grouped';
import { readHeader, type TensorInfo } from './header';
import { Facts } from './metadata';
import { type MatrixParameter, type Parameters, planParameters } from './parameters';
import { unsupported } from './refusals';
import { readShape, type Shape } from './shape';
import { type ByteSource, readExactly } from './source';
import { readTemplate } from './template';
import { type GgufTokenizer, readTokenizer } from './tokenizer';

/** A GGUF file that can be converted: all that it says of itself was read and checked, its weights were not. */
export interface OpenedGguf {
  readonly source: ByteSource;
  /** What it calls itself. */
  readonly name: string;
  readonly shape: Shape;
  readonly tokenizer: GgufTokenizer;
  readonly template: ConvTemplate;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Of the library, and where each comes from. */
  readonly parameters: Parameters;
  /** Of its vocabulary. */
  readonly fingerprint: string;
  readonly sizes: GgufSizes;
}

export interface GgufSizes {
  readonly fileBytes: number;
  /** Numbers that the model has. */
  readonly parameters: number;
  /** That conversion reads of the file. */
  readonly weightBytes: number;
  /** Of the converted weights, at most: a matrix whose scales happen to be halves takes less. */
  readonly convertedBytes: number;
  /** Of the largest array that a device has to bind. */
  readonly largestBytes: number;
}

/**
 * Reads and checks a GGUF file up to its weights.
 *
 * @throws FailureError gguf-invalid, gguf-unsupported; or the signal's reason
 */
export async function openGguf(source: ByteSource, signal?: AbortSignal): Promise<OpenedGguf> {
  const { metadata, tensors } = await readHeader(source, signal);
  const facts = new Facts(metadata);
  const frequencies = await readFrequencies(source, tensors.get('rope_freqs.weight'));
  signal?.throwIfAborted();
  const shape = readShape(facts, tensors, frequencies);
  const parameters = planParameters(shape, tensors);
  const tokenizer = readTokenizer(facts);
  if (tokenizer.tokens.length !== shape.vocabulary) {
    throw unsupported(
      `it has ${tokenizer.tokens.length} tokens, and weights for ${shape.vocabulary}`,
      'Choose the file that the model’s makers publish.',
    );
  }
  const template = readTemplate(facts, tokenizer);
  const name = facts.has('general.name') ? facts.string('general.name') : shape.family;
  return {
    source,
    name,
    shape,
    tokenizer,
    template,
    tensors,
    parameters,
    fingerprint: tokenizer.fingerprint,
    sizes: sizesOf(source, parameters),
  };
}

/** More than heads have. */
const MOST_FREQUENCIES = 4096;

async function readFrequencies(source: ByteSource, tensor: TensorInfo | undefined): Promise<Float32Array | null> {
  if (!tensor) return null;
  if (!FLOAT_TYPES.has(tensor.type.name) || tensor.bytes > 4 * MOST_FREQUENCIES) {
    throw unsupported('its rotary frequencies cannot be read', 'Choose the file that the model’s makers publish.');
  }
  return readFloats(await readExactly(source, tensor.offset, tensor.bytes), tensor.type);
}

function sizesOf(source: ByteSource, { matrices, vectors }: Parameters): GgufSizes {
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  const read = [...matrices.flatMap(({ sources }) => sources.map(({ tensor }) => tensor)), ...vectors.flatMap(({ sources }) => sources)];
  const packed = ({ sources, inner, columns }: MatrixParameter) =>
    4 * packedWords(formFor(sources.map(({ type }) => type)), inner, columns);
  const largest = (sizes: readonly number[]) => sizes.reduce((most, each) => Math.max(most, each), 0);
  return {
    fileBytes: source.size,
    parameters: sum([...matrices.map(({ inner, columns }) => inner * columns), ...vectors.map(({ length }) => length)]),
    weightBytes: sum(read.map(({ bytes }) => bytes)),
    convertedBytes: sum([...matrices.map(packed), ...vectors.map(({ length }) => 4 * length)]),
    largestBytes: largest(matrices.map((matrix) => packed(matrix) / partsOf(matrix.inner, matrix.columns))),
  };
}

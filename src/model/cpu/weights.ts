import * as v from 'valibot';
import { FailureError } from '../../core/failure';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

const ModelConfig = v.object({
  vocab_size: size,
  context_window_size: size,
  conv_template: v.object({
    roles: v.object({ user: v.string(), assistant: v.string() }),
    role_content_sep: v.string(),
    role_empty_sep: v.string(),
    system_message: v.literal(''),
    seps: v.tuple([v.string()]),
    stop_token_ids: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
  model_config: v.object({
    hidden_size: size,
    intermediate_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size,
    head_dim: size,
    rope_theta: v.number(),
    rms_norm_eps: v.number(),
  }),
});

/** What of web-llm's mlc-chat-config.json is needed to run a model of the embedded pair's kind. */
export type ModelConfig = v.InferOutput<typeof ModelConfig>;

const TensorCache = v.object({
  records: v.array(
    v.object({
      dataPath: v.string(),
      records: v.array(
        v.object({
          name: v.string(),
          shape: v.array(size),
          dtype: v.string(),
          format: v.string(),
          byteOffset: v.pipe(v.number(), v.integer(), v.minValue(0)),
          nbytes: size,
        }),
      ),
    }),
  ),
});
type TensorRecord = v.InferOutput<typeof TensorCache>['records'][number]['records'][number];

/** Matrices [in, out], row after row, by the name that the export gives them; what lies beside the rows is in `ModelConfig`. */
export type Weights = ReadonlyMap<string, Float32Array>;

/** @throws FailureError library-incompatible, naming the first field that is wrong */
export function parseConfig(value: unknown): ModelConfig {
  return parse(ModelConfig, value, 'mlc-chat-config.json');
}

/**
 * The weights as they are shipped (packed bfloat16, norms folded in), unpacked.
 *
 * @param index the content of tensor-cache.json
 * @param shard gives the bytes of a file that the index names
 * @throws FailureError library-incompatible where a tensor is stored in a way that is not known here
 */
export async function readWeights(index: unknown, shard: (name: string) => Promise<ArrayBuffer>): Promise<Weights> {
  const weights = new Map<string, Float32Array>();
  for (const { dataPath, records } of parse(TensorCache, index, 'tensor-cache.json').records) {
    const bytes = await shard(dataPath);
    for (const record of records) weights.set(record.name, unpack(bytes, record));
  }
  return weights;
}

function unpack(bytes: ArrayBuffer, { name, format, byteOffset, nbytes, shape, dtype }: TensorRecord): Float32Array {
  const length = shape.reduce((a, b) => a * b, 1);
  const inside = byteOffset + nbytes <= bytes.byteLength;
  if (inside && dtype === 'uint32' && shape.length === 4 && nbytes === 4 * length) {
    return unpackBlocks(new Uint32Array(bytes.slice(byteOffset, byteOffset + nbytes)), shape);
  }
  if (inside && dtype === 'float32' && format === 'f32-to-bf16' && nbytes === 2 * length) {
    const halves = new Uint16Array(bytes.slice(byteOffset, byteOffset + nbytes));
    const bits = new Uint32Array(length);
    for (let i = 0; i < length; i++) bits[i] = (halves[i] as number) << 16;
    return new Float32Array(bits.buffer);
  }
  throw unknown(`tensor "${name}" is ${dtype} in format ${format} with ${nbytes} bytes`);
}

/** Bfloat16 pairs [in / 4, out / 4, 2, 4] -> [in, out]: word (h, c) of block (i, j) holds rows 4i + 2h and 4i + 2h + 1 of column 4j + c. */
function unpackBlocks(words: Uint32Array, [inner = 0, outer = 0]: readonly number[]): Float32Array {
  if (inner * outer * 8 !== words.length) throw unknown('a packed matrix has an unexpected shape');
  const bits = new Uint32Array(words.length * 2);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as number;
    const block = at >> 3;
    const row = Math.floor(block / outer) * 4 + ((at >> 2) & 1) * 2;
    const column = (block % outer) * 4 + (at & 3);
    bits[row * outer * 4 + column] = word << 16;
    bits[(row + 1) * outer * 4 + column] = word & 0xffff0000;
  }
  return new Float32Array(bits.buffer);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown, file: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw unknown(`${file}: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
}

function unknown(what: string) {
  return new FailureError(
    'library-incompatible',
    `This model cannot run without WebGPU: ${what}.`,
    'Use the models that belong to this version of the page, or a browser with WebGPU.',
  );
}

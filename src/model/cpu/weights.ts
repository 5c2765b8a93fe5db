import * as v from 'valibot';
import type { ModelSpec } from '../../catalog/spec';
import { misfitOf } from '../../formats/misfit';
import { type RopeScaling, readMlcScaling } from '../../formats/ropeScaling';
import { cannotRun } from './port';

const size = v.pipe(v.number(), v.integer(), v.minValue(1));

const Said = v.object({
  model_type: v.optional(v.string(), ''),
  vocab_size: size,
  context_window_size: size,
  tokenizer_info: v.optional(
    v.object({ token_postproc_method: v.optional(v.string(), 'raw'), prepend_space_in_encode: v.optional(v.boolean(), false) }),
    {},
  ),
  conv_template: v.object({
    roles: v.object({ user: v.string(), assistant: v.string() }),
    role_content_sep: v.string(),
    role_empty_sep: v.string(),
    system_template: v.optional(v.string(), '{system_message}'),
    system_message: v.optional(v.string(), ''),
    render_empty_system_message: v.optional(v.boolean(), true),
    add_role_after_system_message: v.optional(v.boolean(), true),
    role_templates: v.optional(v.object({ user: v.optional(v.string()), assistant: v.optional(v.string()) }), {}),
    seps: v.pipe(v.array(v.string()), v.minLength(1)),
    stop_token_ids: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
    stop_str: v.optional(v.array(v.string()), []),
    system_prefix_token_ids: v.optional(v.nullable(v.array(v.pipe(v.number(), v.integer(), v.minValue(0)))), null),
  }),
  model_config: v.object({
    hidden_size: size,
    intermediate_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    num_key_value_heads: size,
    head_dim: size,
    rope_theta: v.number(),
    rope_scaling: v.optional(v.nullable(v.looseObject({}))),
    rms_norm_eps: v.number(),
    tie_word_embeddings: v.optional(v.boolean()),
  }),
});

type Said = v.InferOutput<typeof Said>;

/** What of web-llm's mlc-chat-config.json is needed to run a model without WebGPU. */
export interface ModelConfig extends Omit<Said, 'model_type' | 'model_config'> {
  readonly model_config: Omit<Said['model_config'], 'rope_scaling'> & { readonly rope_scaling: RopeScaling | null };
}

/** From this base on rotations of the family Llama may be scaled, and files that do not say whether they are were made before any said it. */
const SCALED_THETA = 500_000;

const TensorCache = v.object({
  records: v.array(
    v.object({
      dataPath: v.string(),
      records: v.array(
        v.object({
          name: v.string(),
          shape: v.array(size),
          dtype: v.string(),
          byteOffset: v.pipe(v.number(), v.integer(), v.minValue(0)),
          nbytes: size,
        }),
      ),
    }),
  ),
});
export type TensorRecord = v.InferOutput<typeof TensorCache>['records'][number]['records'][number];

/** Matrices [in, out], row after row, by the name that the export gives them, a token's embedding a column; sizes are in `ModelConfig`. */
export type Weights = ReadonlyMap<string, Float32Array>;

/**
 * @param said what the model's list says in place of the file
 * @throws FailureError library-incompatible, naming the first field that is wrong
 */
export function parseConfig(value: unknown, said?: Pick<ModelSpec, 'template' | 'stopTokens' | 'context'>): ModelConfig {
  const replaced =
    said && typeof value === 'object'
      ? { ...value, context_window_size: said.context, ...(said.template && { conv_template: said.template }) }
      : value;
  const { model_type: family, model_config: sizes, ...others } = parse(Said, replaced, 'mlc-chat-config.json');
  const config = { ...others, model_config: { ...sizes, rope_scaling: scalingOf(family, sizes) } };
  if (!said?.stopTokens) return config;
  return { ...config, conv_template: { ...config.conv_template, stop_token_ids: [...said.stopTokens] } };
}

function scalingOf(family: string, { rope_scaling: said, rope_theta: theta }: Said['model_config']): RopeScaling | null {
  if (said === undefined && family === 'llama' && theta >= SCALED_THETA) {
    throw cannotRun('its files do not say whether its rotation is scaled', 'Delete it and open its file again, or run on WebGPU.');
  }
  const scaling = readMlcScaling(said ?? null);
  if (scaling === undefined) throw cannotRun('its rotation is scaled in a way that is not known here');
  return scaling;
}

/** Files with the arrays in them. @param index the content of tensor-cache.json @throws FailureError library-incompatible */
export function parseIndex(index: unknown): v.InferOutput<typeof TensorCache>['records'] {
  return parse(TensorCache, index, 'tensor-cache.json').records;
}

/**
 * The weights as they are shipped (packed int8, norms folded in), unpacked.
 *
 * @param index the content of tensor-cache.json
 * @param shard gives the bytes of a file that the index names
 * @throws FailureError library-incompatible where a tensor is stored in a way that is not known here
 */
export async function readWeights(index: unknown, shard: (name: string) => Promise<ArrayBuffer>): Promise<Weights> {
  const weights = new Map<string, Float32Array>();
  for (const { dataPath, records } of parseIndex(index)) {
    const bytes = await shard(dataPath);
    for (const record of records) weights.set(record.name, unpack(bytes, record));
  }
  return weights;
}

function unpack(bytes: ArrayBuffer, { name, byteOffset, nbytes, shape, dtype }: TensorRecord): Float32Array {
  const words = shape.reduce((a, b) => a * b, 1);
  const [blockRows = 0, , width] = shape;
  if (
    dtype === 'uint32' &&
    shape.length === 3 &&
    width === 4 &&
    blockRows > 1 &&
    nbytes === 4 * words &&
    byteOffset + nbytes <= bytes.byteLength
  ) {
    return unpackBlocks(bytes.slice(byteOffset, byteOffset + nbytes), blockRows - 1);
  }
  if (dtype === 'uint32' && shape.length === 1) throw cannotRun('its weights are in groups, and WebAssembly has no SIMD here');
  throw cannotRun(`tensor "${name}" is ${dtype} [${shape.join(', ')}] with ${nbytes} bytes`);
}

/**
 * Int8 in words [in / 4, out / 4, 4], then the scales of the columns, float32 [out / 4, 4] -> [in, out]. Word (i, j, c) holds rows 4i to 4i + 3 of
 * column 4j + c, each the word shifted left until its byte is the highest, in units of the scale: lower bytes stay in as a fraction.
 */
function unpackBlocks(packed: ArrayBuffer, blocks: number): Float32Array {
  const all = new Int32Array(packed);
  const outer = all.length / (blocks + 1);
  const words = all.subarray(0, blocks * outer);
  const scales = new Float32Array(packed, words.byteLength);
  const matrix = new Float32Array(4 * words.length);
  for (let at = 0; at < words.length; at++) {
    const column = at % outer;
    const first = 4 * (at - column) + column;
    for (let place = 0; place < 4; place++) {
      matrix[first + place * outer] = Math.fround((words[at] as number) << (24 - 8 * place)) * (scales[column] as number);
    }
  }
  return matrix;
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown, file: string): T {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw cannotRun(`${file}: ${misfitOf(result.issues[0])}`);
}

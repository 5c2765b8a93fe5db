/** Which shape of ours a model has that MLC converted, by its mlc-chat-config.json (mlc-llm, python/mlc_llm/model/{llama,qwen2,qwen3}). */
import * as v from 'valibot';
import type { Family, Shape } from '../gguf/shape';
import { misfitOf } from '../misfit';
import { type RopeScaling, readMlcScaling } from '../ropeScaling';
import { invalid } from './refusals';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const ModelConfig = v.looseObject({
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  head_dim: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  vocab_size: count,
  rms_norm_eps: v.number(),
  position_embedding_base: v.optional(v.number(), 0),
  rope_theta: v.optional(v.number(), 0),
  rope_scaling: v.optional(v.nullable(v.looseObject({})), null),
  tie_word_embeddings: v.optional(v.boolean(), false),
  hidden_act: v.optional(v.string(), 'silu'),
  attention_bias: v.optional(v.boolean(), false),
  tensor_parallel_shards: v.optional(v.number(), 1),
  context_window_size: v.optional(v.number(), 0),
});

const Config = v.looseObject({
  model_type: v.string(),
  quantization: v.string(),
  context_window_size: v.optional(v.number(), 0),
  sliding_window_size: v.optional(v.number(), -1),
  model_config: ModelConfig,
});

export type Quantisation = 'q4f16_1' | 'q4f32_1';

/** A model whose weights our kernels read, if there is a library of its shape. */
export interface MlcModel {
  readonly shape: Shape;
  readonly quantisation: Quantisation;
}

/** Why none of our libraries can run a model, as "its …". */
export interface NotOurs {
  readonly why: string;
}

const FAMILIES: readonly string[] = ['llama', 'qwen2', 'qwen3'] satisfies Family[];

/** Whether it differs from Llama 3.1's in more than the factor, which is all that the libraries differ in. */
function isOther(scaling: RopeScaling | null): boolean {
  return scaling !== null && (scaling.lowFrequency !== 1 || scaling.highFrequency !== 4 || scaling.original !== 8192);
}

/**
 * The shape that a model's mlc-chat-config.json tells.
 *
 * @param config its content
 * @throws FailureError manifest-invalid where it is no such file
 */
export function readMlcModel(config: unknown): MlcModel | NotOurs {
  const type = v.safeParse(v.looseObject({ model_type: v.string(), quantization: v.string() }), config);
  if (type.success && !FAMILIES.includes(type.output.model_type)) return { why: `its architecture is "${type.output.model_type}"` };
  const read = v.safeParse(Config, config);
  if (!read.success) throw invalid(`mlc-chat-config.json: ${misfitOf(read.issues[0])}`);
  const { model_type: family, quantization: quantisation, model_config: model, sliding_window_size: window } = read.output;
  if (quantisation !== 'q4f16_1' && quantisation !== 'q4f32_1') return { why: `its weights are in ${quantisation}` };
  if (window > 0) return { why: 'its attention has a sliding window' };
  if (model.hidden_act !== 'silu') return { why: `its activation is ${model.hidden_act}` };
  if (model.attention_bias && family === 'qwen3') return { why: 'its attention has biases' };
  if (model.tensor_parallel_shards > 1) return { why: 'its weights are cut for several devices' };
  const scaling = readMlcScaling(model.rope_scaling);
  if (scaling === undefined || isOther(scaling)) return { why: 'it scales its rotary frequencies in a way of its own' };
  const heads = model.num_attention_heads;
  const shape: Shape = {
    ...{
      family: family as Family,
      hidden: model.hidden_size,
      feedForward: model.intermediate_size,
      layers: model.num_hidden_layers,
      heads,
    },
    kvHeads: model.num_key_value_heads || heads,
    headDim: model.head_dim || model.hidden_size / heads,
    vocabulary: model.vocab_size,
    context: Math.max(read.output.context_window_size, model.context_window_size, 1),
    ropeTheta: model.position_embedding_base || model.rope_theta || 10000,
    ropeScaling: scaling,
    normEpsilon: model.rms_norm_eps,
    tied: model.tie_word_embeddings,
  };
  if (heads % shape.kvHeads !== 0) throw invalid(`its ${heads} heads are no multiple of its ${shape.kvHeads} of keys and values`);
  if (!Number.isInteger(shape.headDim / 2)) throw invalid(`its heads of ${shape.headDim} cannot be rotated in pairs`);
  return { shape, quantisation };
}

import { mlcScaling } from '../ropeScaling';
import type { OpenedGguf } from './open';
import type { ShapeLibrary } from './shape';

/** web-llm's mlc-chat-config.json of the model on `library`. */
export function chatConfig({ shape, template }: OpenedGguf, { context, prefillChunk }: ShapeLibrary): object {
  return {
    model_type: shape.family,
    quantization: 'grouped',
    vocab_size: shape.vocabulary,
    context_window_size: Math.min(shape.context, context),
    sliding_window_size: -1,
    attention_sink_size: -1,
    prefill_chunk_size: prefillChunk,
    temperature: 1,
    top_p: 1,
    repetition_penalty: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    tokenizer_files: ['tokenizer.json'],
    tokenizer_info: { token_postproc_method: 'byte_level', prepend_space_in_encode: false, strip_space_in_decode: false },
    conv_template: template,
    model_config: {
      hidden_size: shape.hidden,
      intermediate_size: shape.feedForward,
      num_hidden_layers: shape.layers,
      num_attention_heads: shape.heads,
      num_key_value_heads: shape.kvHeads,
      head_dim: shape.headDim,
      rope_theta: shape.ropeTheta,
      rope_scaling: mlcScaling(shape.ropeScaling),
      rms_norm_eps: shape.normEpsilon,
      vocab_size: shape.vocabulary,
      tie_word_embeddings: shape.tied,
    },
  };
}

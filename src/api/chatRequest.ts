/**
 * The body of POST /v1/chat/completions (OpenAI's API reference, "Create chat completion"), with what web-llm and vLLM add. A field is honoured, ignored because it
 * changes no answer, or refused by its name.
 */
import * as v from 'valibot';
import { LIMITS } from '../core/declaredSettings';
import { DEFAULT_RUN, GREEDY } from '../core/settings';
import type { ResponseFormat, RunSettings } from '../core/types';
import { ApiError } from './apiError';
import { type Conversation, conversationOf, message } from './messages';

/** What a request asks for. */
export interface ChatRequest extends Conversation {
  /** null: any. */
  readonly model: string | null;
  readonly settings: RunSettings;
  /** How many answers. */
  readonly answers: number;
  readonly stream: boolean;
  /** Whether a stream ends with a chunk that holds the usage. */
  readonly streamUsage: boolean;
  /** How many of the most likely tokens stand beside each token's log-probability; null where none was asked for. */
  readonly topLogprobs: number | null;
}

/** What a request has that does not say. */
export interface ChatDefaults {
  readonly seed: number;
  readonly drafting: 'model' | 'ngram' | 'mixed';
}

/** As many as the candidates of a token. */
const MOST_LOGPROBS = 5;
const MOST_ANSWERS = 16;

const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema), null);
const numberIn = (min: number, max: number) => optional(v.pipe(v.number(), v.minValue(min), v.maxValue(max)));
const wholeIn = (min: number, max: number) => optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)));
const stopString = v.pipe(v.string(), v.minLength(1, 'a stop string holds at least one character'));

const format = v.variant('type', [
  v.object({ type: v.literal('text') }),
  v.object({ type: v.literal('json_object'), schema: optional(v.string()) }),
  v.object({
    type: v.literal('json_schema'),
    json_schema: v.object({ name: v.optional(v.string()), schema: v.record(v.string(), v.unknown()) }),
  }),
  v.object({ type: v.literal('grammar'), grammar: v.string() }),
]);

const HONOURED = {
  messages: v.pipe(v.array(message), v.minLength(1, 'there is no message')),
  model: optional(v.string()),
  stream: optional(v.boolean()),
  stream_options: optional(v.object({ include_usage: optional(v.boolean()) })),
  n: wholeIn(1, MOST_ANSWERS),
  temperature: numberIn(0, 2),
  top_p: numberIn(0, 1),
  top_k: wholeIn(0, 2 ** 32 - 1),
  frequency_penalty: numberIn(-2, 2),
  presence_penalty: numberIn(-2, 2),
  repetition_penalty: optional(v.pipe(v.number(), v.gtValue(0))),
  logit_bias: optional(v.record(v.string(), v.pipe(v.number(), v.minValue(-100), v.maxValue(100)))),
  logprobs: optional(v.boolean()),
  top_logprobs: wholeIn(0, MOST_LOGPROBS),
  max_tokens: wholeIn(LIMITS.maxTokens.min, Number.MAX_SAFE_INTEGER),
  max_completion_tokens: wholeIn(LIMITS.maxTokens.min, Number.MAX_SAFE_INTEGER),
  seed: wholeIn(0, Number.MAX_SAFE_INTEGER),
  stop: optional(v.union([stopString, v.pipe(v.array(stopString), v.maxLength(16))], 'it is neither a string nor a list of strings')),
  response_format: optional(format),
  ignore_eos: optional(v.boolean()),
  /** Whether drafts are used; they change no distribution. */
  speculative: optional(v.boolean()),
  num_speculative_tokens: optional(
    v.union(
      [v.literal('auto'), v.pipe(v.number(), v.integer(), v.minValue(LIMITS.gamma.min), v.maxValue(LIMITS.gamma.max))],
      `it is neither "auto" nor ${LIMITS.gamma.min} to ${LIMITS.gamma.max}`,
    ),
  ),
  method: optional(v.picklist(['draft_model', 'ngram', 'mixed'])),
};

/** They name who asks, or how a service bills it. */
const IGNORED: ReadonlySet<string> = new Set(['user', 'store', 'metadata', 'service_tier', 'safety_identifier', 'prompt_cache_key']);

const body = v.object(HONOURED);

/**
 * @param value the body, as JSON has it
 * @throws ApiError 400, naming the field
 */
export function readChatRequest(value: unknown, defaults: ChatDefaults): ChatRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'invalid_json', 'The body is no JSON object. Send { "messages": [ … ] }.');
  }
  for (const [name, given] of Object.entries(value)) {
    if (!Object.hasOwn(HONOURED, name) && !IGNORED.has(name) && !asksNothing(name, given)) {
      throw new ApiError(400, 'unsupported_parameter', `"${name}" is not supported here. Leave it out.`, name);
    }
  }
  const parsed = v.safeParse(body, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const param = v.getDotPath(issue);
    throw new ApiError(400, 'invalid_value', `${param ? `"${param}"` : 'The body'} cannot be used: ${issue.message}.`, param);
  }
  const asked = parsed.output;
  if (asked.top_logprobs !== null && asked.logprobs !== true) {
    throw new ApiError(400, 'invalid_value', '"top_logprobs" needs "logprobs" to be true.', 'top_logprobs');
  }
  return {
    ...conversationOf(asked.messages),
    model: asked.model,
    settings: settingsOf(asked, defaults),
    answers: asked.n ?? 1,
    stream: asked.stream ?? false,
    streamUsage: asked.stream_options?.include_usage ?? false,
    topLogprobs: asked.logprobs ? (asked.top_logprobs ?? 0) : null,
  };
}

/** A field that would change the answer, but is set to what is done here in any case. */
function asksNothing(name: string, value: unknown): boolean {
  if (value === null) return true;
  if (name === 'tools' || name === 'functions') return Array.isArray(value) && value.length === 0;
  if (name === 'tool_choice' || name === 'function_call') return value === 'none' || value === 'auto';
  if (name === 'modalities') return Array.isArray(value) && value.every((each) => each === 'text');
  return name === 'parallel_tool_calls';
}

type Asked = v.InferOutput<typeof body>;

const METHODS = { draft_model: 'model', ngram: 'ngram', mixed: 'mixed' } as const;

function settingsOf(asked: Asked, defaults: ChatDefaults): RunSettings {
  const { stop } = asked;
  return {
    ...DEFAULT_RUN,
    mode: asked.speculative === false ? 'plain' : 'speculative',
    drafting: asked.method === null ? defaults.drafting : METHODS[asked.method],
    gamma: asked.num_speculative_tokens ?? 'auto',
    // The context ends an answer that nothing else ends.
    maxTokens: asked.max_completion_tokens ?? asked.max_tokens ?? Number.MAX_SAFE_INTEGER,
    ignoreStopTokens: asked.ignore_eos ?? false,
    stopStrings: stop === null ? [] : typeof stop === 'string' ? [stop] : stop,
    format: formatOf(asked.response_format),
    candidates: asked.logprobs ?? false,
    sampling: {
      ...GREEDY,
      temperature: asked.temperature ?? 1,
      seed: asked.seed ?? defaults.seed,
      topP: asked.top_p ?? GREEDY.topP,
      topK: asked.top_k ?? GREEDY.topK,
      repetitionPenalty: asked.repetition_penalty ?? GREEDY.repetitionPenalty,
      frequencyPenalty: asked.frequency_penalty ?? GREEDY.frequencyPenalty,
      presencePenalty: asked.presence_penalty ?? GREEDY.presencePenalty,
      logitBias: asked.logit_bias ?? GREEDY.logitBias,
    },
  };
}

function formatOf(asked: Asked['response_format']): ResponseFormat | null {
  if (asked === null || asked.type === 'text') return null;
  if (asked.type === 'grammar') return { type: 'grammar', grammar: asked.grammar };
  if (asked.type === 'json_object') return { type: 'json', schema: asked.schema };
  return { type: 'json', schema: JSON.stringify(asked.json_schema.schema) };
}

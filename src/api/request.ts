/**
 * What the bodies of both kinds of requests have in common: OpenAI's fields, and what web-llm and vLLM add. A field is honoured, ignored because it changes no
 * answer, or refused by its name.
 */
import * as v from 'valibot';
import { LIMITS } from '../core/declaredSettings';
import { DEFAULT_RUN, GREEDY } from '../core/settings';
import type { ResponseFormat, RunSettings, SamplingSettings } from '../core/types';
import { ApiError } from './apiError';

/** What a request asks for, whatever it begins with. */
export interface Asked {
  /** null: any. */
  readonly model: string | null;
  readonly settings: RunSettings;
  /** How many answers to each prompt. */
  readonly answers: number;
  readonly stream: boolean;
  /** Whether a stream ends with a chunk that holds the usage. */
  readonly streamUsage: boolean;
  /** How many of the most likely tokens stand beside each token's log-probability; null where none was asked for. */
  readonly topLogprobs: number | null;
}

/** What a request has that does not say. */
export interface RequestDefaults {
  readonly seed: number;
  readonly speculative: boolean;
  /** As `num_speculative_tokens`. */
  readonly numSpeculativeTokens: number | 'auto';
  readonly drafting: 'model' | 'ngram' | 'mixed';
  /** Of the model's own configuration, as web-llm takes it; OpenAI's defaults where it says nothing. */
  readonly sampling?: Partial<Omit<SamplingSettings, 'seed' | 'rule' | 'logitBias'>>;
}

/** What drafts, by the name that requests, options and configurations give it. */
export const METHODS = { draft_model: 'model', ngram: 'ngram', mixed: 'mixed' } as const;
export type Method = keyof typeof METHODS;
export const METHOD_NAMES = Object.keys(METHODS) as Method[];

/** As many as the candidates of a token. */
export const MOST_LOGPROBS = 5;
const MOST_ANSWERS = 16;
const MOST_STOPS = 16;

export const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema), null);
const numberIn = (min: number, max: number) => optional(v.pipe(v.number(), v.minValue(min), v.maxValue(max)));
export const wholeIn = (min: number, max: number) => optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)));
const stopString = v.pipe(v.string(), v.minLength(1, 'a stop string holds at least one character'));
const tokenId = v.pipe(v.string(), v.regex(/^\d+$/, 'a token is named by its number'));

/** What web-llm adds, and is not done here: the times within a round are not measured, and no answer is kept to go on with after a crash. */
export const EXTRA_BODY = {
  enable_latency_breakdown: optional(v.literal(false, 'it is not supported here')),
  resumable: optional(v.never('it is not supported here')),
};

/** Fields that chat and text completions share. */
export const SHARED = {
  model: optional(v.string()),
  stream: optional(v.boolean()),
  // Its padding against listeners on the line is no part of an answer.
  stream_options: optional(v.strictObject({ include_usage: optional(v.boolean()), include_obfuscation: optional(v.boolean()) })),
  n: wholeIn(1, MOST_ANSWERS),
  temperature: numberIn(0, 2),
  top_p: optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
  top_k: wholeIn(0, 2 ** 32 - 1),
  frequency_penalty: numberIn(-2, 2),
  presence_penalty: numberIn(-2, 2),
  repetition_penalty: optional(v.pipe(v.number(), v.gtValue(0))),
  logit_bias: optional(v.record(tokenId, v.pipe(v.number(), v.minValue(-100), v.maxValue(100)))),
  top_logprobs: wholeIn(0, MOST_LOGPROBS),
  max_tokens: wholeIn(LIMITS.maxTokens.min, Number.MAX_SAFE_INTEGER),
  seed: wholeIn(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  stop: optional(
    v.union([stopString, v.pipe(v.array(stopString), v.maxLength(MOST_STOPS))], 'it is neither a string nor a list of strings'),
  ),
  ignore_eos: optional(v.boolean()),
  /** Whether drafts are used; they change no distribution. */
  speculative: optional(v.boolean()),
  num_speculative_tokens: optional(
    v.union(
      [v.literal('auto'), v.pipe(v.number(), v.integer(), v.minValue(LIMITS.gamma.min), v.maxValue(LIMITS.gamma.max))],
      `it is neither "auto" nor ${LIMITS.gamma.min} to ${LIMITS.gamma.max}`,
    ),
  ),
  method: optional(v.picklist(METHOD_NAMES)),
};

const shared = v.object(SHARED);
type Shared = v.InferOutput<typeof shared>;

/** How a body is read: what it may hold, what in it changes no answer, and what may stand there because it asks for nothing. */
export interface BodyRules<Entries extends v.ObjectEntries> {
  readonly honoured: v.ObjectSchema<Entries, undefined>;
  readonly ignored: ReadonlySet<string>;
  /** Fields that would change the answer, if they had another value. */
  readonly asksNothing: (name: string, value: unknown) => boolean;
  /** What a body must hold, as its reader is told. */
  readonly example: string;
}

/** @param value the body, as JSON has it @throws ApiError 400, naming the field */
export function readBody<Entries extends v.ObjectEntries>(
  value: unknown,
  rules: BodyRules<Entries>,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  const { honoured, ignored, asksNothing, example } = rules;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'invalid_json', `The body is no JSON object. Send ${example}.`);
  }
  for (const [name, given] of Object.entries(value)) {
    if (Object.hasOwn(honoured.entries, name) || ignored.has(name) || given === null || given === undefined || asksNothing(name, given))
      continue;
    throw unsupported(name);
  }
  const parsed = v.safeParse(honoured, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const param = v.getDotPath(issue);
  // What else a field has is told as fields are that a body has.
  if (issue.type === 'strict_object' && issue.expected === 'never') throw unsupported(param ?? '');
  throw new ApiError(400, 'invalid_value', `${param ? `"${param}"` : 'The body'} cannot be used: ${issue.message}.`, param);
}

/** For a field that would change the answer. */
export function unsupported(name: string): ApiError {
  return new ApiError(400, 'unsupported_parameter', `"${name}" is not supported here. Leave it out.`, name);
}

/** @param logprobs whether log-probabilities are asked for @throws ApiError 400 where one field needs another */
export function askedOf(given: Shared, logprobs: boolean, defaults: RequestDefaults, format: ResponseFormat | null): Asked {
  if (given.top_logprobs !== null && !logprobs)
    throw new ApiError(400, 'invalid_value', '"top_logprobs" needs "logprobs" to be true.', 'top_logprobs');
  if (given.stream_options !== null && !given.stream)
    throw new ApiError(400, 'invalid_value', '"stream_options" needs "stream" to be true.', 'stream_options');
  return {
    model: given.model,
    settings: settingsOf(given, logprobs, defaults, format),
    answers: given.n ?? 1,
    stream: given.stream ?? false,
    streamUsage: given.stream_options?.include_usage ?? false,
    topLogprobs: logprobs ? (given.top_logprobs ?? 0) : null,
  };
}

function settingsOf(asked: Shared, candidates: boolean, defaults: RequestDefaults, format: ResponseFormat | null): RunSettings {
  const { stop } = asked;
  const sampling = { ...GREEDY, temperature: 1, ...defaults.sampling };
  return {
    ...DEFAULT_RUN,
    mode: (asked.speculative ?? defaults.speculative) ? 'speculative' : 'plain',
    drafting: asked.method === null ? defaults.drafting : METHODS[asked.method],
    gamma: asked.num_speculative_tokens ?? defaults.numSpeculativeTokens,
    // The context ends an answer that nothing else ends.
    maxTokens: asked.max_tokens ?? Number.MAX_SAFE_INTEGER,
    ignoreStopTokens: asked.ignore_eos ?? false,
    stopStrings: stop === null ? [] : typeof stop === 'string' ? [stop] : stop,
    format,
    candidates,
    sampling: {
      ...sampling,
      temperature: asked.temperature ?? sampling.temperature,
      seed: seedOf(asked.seed ?? defaults.seed),
      // A seed repeats an answer only where no token depends on the drafts, whose length may follow the clock.
      rule: asked.seed === null ? GREEDY.rule : 'coupled',
      topP: asked.top_p ?? sampling.topP,
      topK: asked.top_k ?? sampling.topK,
      repetitionPenalty: asked.repetition_penalty ?? sampling.repetitionPenalty,
      frequencyPenalty: asked.frequency_penalty ?? sampling.frequencyPenalty,
      presencePenalty: asked.presence_penalty ?? sampling.presencePenalty,
      logitBias: asked.logit_bias ?? sampling.logitBias,
    },
  };
}

/** A seed below 0 as the 64 bits that stand for it. */
function seedOf(seed: number): number | bigint {
  return seed < 0 ? BigInt.asUintN(64, BigInt(seed)) : seed;
}

/**
 * What the bodies of both kinds of requests have in common: OpenAI's fields, and what web-llm and vLLM add. A field is honoured, ignored because it changes no
 * answer, or refused by its name.
 */
import * as v from 'valibot';
import { LIMITS, SAMPLING } from '../core/declaredSettings';
import { DEFAULT_RUN, GREEDY } from '../core/settings';
import type { ResponseFormat, RunSettings, SamplingSettings } from '../core/types';
import { ApiError } from './apiError';
import { numberOf, objectWith, oneOf, onOrOff, optional, text, textOrTexts, wordOrNumber, wrongField } from './fields';

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

const tokenId = v.pipe(v.string(), v.regex(/^\d+$/, 'the numbers of tokens as names'));
const STREAM_OPTIONS = { include_usage: optional(onOrOff), include_obfuscation: optional(onOrOff) };

/** As `max_tokens`. */
export const tokenCount = optional(numberOf({ whole: true, ...LIMITS.maxTokens }));

/** What web-llm adds, and is not done here: the times within a round are not measured, and no answer is kept to go on with after a crash. */
export const EXTRA_BODY = {
  enable_latency_breakdown: optional(v.literal(false, 'false: it is not supported here')),
  resumable: optional(v.never()),
};

const BIASES = 'an object with the numbers of tokens as names';

/** Fields that chat and text completions share. */
export const SHARED = {
  model: optional(text),
  stream: optional(onOrOff),
  // Its padding against listeners on the line is no part of an answer.
  stream_options: optional(v.strictObject(STREAM_OPTIONS, objectWith(STREAM_OPTIONS))),
  n: optional(numberOf({ whole: true, min: 1, max: MOST_ANSWERS })),
  temperature: optional(numberOf(LIMITS.temperature)),
  top_p: optional(numberOf(SAMPLING.topP)),
  top_k: optional(numberOf(SAMPLING.topK)),
  frequency_penalty: optional(numberOf(SAMPLING.frequencyPenalty)),
  presence_penalty: optional(numberOf(SAMPLING.presencePenalty)),
  repetition_penalty: optional(numberOf(SAMPLING.repetitionPenalty)),
  logit_bias: optional(
    v.pipe(
      v.custom<object>((given) => typeof given === 'object' && given !== null && !Array.isArray(given), BIASES),
      v.record(tokenId, numberOf({ min: -100, max: 100 }), BIASES),
    ),
  ),
  top_logprobs: optional(numberOf({ whole: true, min: 0, max: MOST_LOGPROBS })),
  max_tokens: tokenCount,
  seed: optional(numberOf({ whole: true })),
  stop: optional(textOrTexts(0, MOST_STOPS)),
  ignore_eos: optional(onOrOff),
  /** Whether drafts are used; they change no distribution. */
  speculative: optional(onOrOff),
  num_speculative_tokens: optional(wordOrNumber('auto', { whole: true, ...LIMITS.gamma })),
  method: optional(oneOf(METHOD_NAMES)),
};

const shared = v.object(SHARED);
type Shared = v.InferOutput<typeof shared>;

/** How a body is read: what it may hold, what in it changes no answer, and what may stand there because it asks for nothing. */
export interface BodyRules<Entries extends v.ObjectEntries> {
  readonly honoured: Entries;
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
): v.InferOutput<v.ObjectSchema<Entries, ReturnType<typeof objectWith>>> {
  const { honoured, ignored, asksNothing, example } = rules;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'invalid_json', `The body is no JSON object. Send ${example}.`);
  }
  for (const [name, given] of Object.entries(value)) {
    if (Object.hasOwn(honoured, name) || ignored.has(name) || given === null || given === undefined || asksNothing(name, given)) continue;
    throw unsupported(name);
  }
  const parsed = v.safeParse(v.object(honoured, objectWith(honoured)), value);
  if (parsed.success) return parsed.output;
  const { path, why, given, allowed } = wrongField(parsed.issues[0]);
  // What else a field has is told as fields are that a body has.
  if (why === 'unsupported') throw unsupported(path ?? '');
  const code = why === 'missing' ? 'missing_required_parameter' : 'invalid_value';
  throw new ApiError(400, code, `"${path}" ${given}. Send ${allowed}.`, path);
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
    // An answer that is held to a format ends with it: what came behind would be no such text.
    ignoreStopTokens: (asked.ignore_eos ?? false) && format === null,
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

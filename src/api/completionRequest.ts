/** The body of POST /v1/completions: OpenAI's API reference, "Create completion". The prompt stands as it is, outside the chat template. */
import * as v from 'valibot';
import { wellFormed } from '../core/loop/text';
import { ApiError } from './apiError';
import {
  type Asked,
  askedOf,
  type BodyRules,
  EXTRA_BODY,
  MOST_LOGPROBS,
  optional,
  type RequestDefaults,
  readBody,
  SHARED,
  unsupported,
} from './request';

export interface CompletionRequest extends Asked {
  readonly prompts: readonly string[];
  /** Whether each answer begins with its prompt. */
  readonly echo: boolean;
  /** As OpenAI's text completions, or as its chat completions, which web-llm uses here too. */
  readonly logprobsShape: 'text' | 'chat';
}

const MOST_PROMPTS = 16;
const prompt = v.pipe(v.string(), v.minLength(1, 'a prompt holds at least one character'));

const RULES = {
  honoured: v.object({
    ...SHARED,
    prompt: v.union(
      [prompt, v.pipe(v.array(prompt), v.minLength(1), v.maxLength(MOST_PROMPTS))],
      `it is neither text nor a list of 1 to ${MOST_PROMPTS} texts (tokens cannot be given by their numbers)`,
    ),
    echo: optional(v.boolean()),
    best_of: optional(v.number()),
    extra_body: optional(v.strictObject(EXTRA_BODY)),
    logprobs: optional(
      v.union(
        [v.boolean(), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_LOGPROBS))],
        `it is neither true, false nor 0 to ${MOST_LOGPROBS}`,
      ),
    ),
  }),
  ignored: new Set(['user']),
  asksNothing: (name, value) => name === 'suffix' && value === '',
  example: '{ "prompt": "…" }',
} as const satisfies BodyRules<v.ObjectEntries>;

/** @param value the body, as JSON has it @throws ApiError 400, naming the field */
export function readCompletionRequest(value: unknown, defaults: RequestDefaults): CompletionRequest {
  const { prompt: given, echo, best_of: candidates, logprobs, ...rest } = readBody(value, RULES);
  // Where there are as many as answers, none is left out.
  if (candidates !== null && candidates !== (rest.n ?? 1)) throw unsupported('best_of');
  const counted = typeof logprobs === 'number';
  const asked = counted ? { ...rest, top_logprobs: logprobs } : rest;
  const wanted = counted || logprobs === true;
  if (echo && wanted) {
    throw new ApiError(400, 'unsupported_parameter', '"echo" cannot be used with "logprobs": a prompt’s tokens have none here.', 'echo');
  }
  return {
    ...askedOf(asked, wanted, defaults, null),
    prompts: (typeof given === 'string' ? [given] : given).map(wellFormed),
    echo: echo ?? false,
    logprobsShape: counted ? 'text' : 'chat',
  };
}

/** The body of POST /v1/completions: OpenAI's API reference, "Create completion". The prompt stands as it is, outside the chat template. */
import * as v from 'valibot';
import { isIn, rangeInWords } from '../core/declaredSettings';
import { wellFormed } from '../core/loop/text';
import { ApiError } from './apiError';
import { objectWith, onOrOff, optional, textOrTexts } from './fields';
import {
  type Asked,
  askedOf,
  type BodyRules,
  EXTRA_BODY,
  MOST_LOGPROBS,
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
const LOGPROBS = { whole: true, min: 0, max: MOST_LOGPROBS };

const RULES = {
  honoured: {
    ...SHARED,
    prompt: textOrTexts(1, MOST_PROMPTS, ' (tokens cannot be given by their numbers)'),
    echo: optional(onOrOff),
    best_of: optional(v.number('as many as "n"')),
    extra_body: optional(v.strictObject(EXTRA_BODY, objectWith(EXTRA_BODY))),
    logprobs: optional(
      v.custom<boolean | number>(
        (value) => typeof value === 'boolean' || isIn(LOGPROBS, value),
        `true, false or ${rangeInWords(LOGPROBS)}`,
      ),
    ),
  },
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

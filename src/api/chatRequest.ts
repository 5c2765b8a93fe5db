/** The body of POST /v1/chat/completions: OpenAI's API reference, "Create chat completion". */
import * as v from 'valibot';
import { toFailure } from '../core/failure';
import { checkFormat, isOverrun } from '../core/format/format';
import type { ResponseFormat } from '../core/types';
import type { RunInput } from './apiEngine';
import { ApiError } from './apiError';
import { named, objectWith, onOrOff, optional, text } from './fields';
import { conversationOf, message } from './messages';
import { type Asked, askedOf, type BodyRules, EXTRA_BODY, type RequestDefaults, readBody, SHARED, tokenCount } from './request';

export interface ChatRequest extends Asked {
  readonly conversation: RunInput;
}

// A record may be a list for valibot.
const schema = v.pipe(
  v.custom<object>((value) => !Array.isArray(value), 'a JSON Schema'),
  v.record(v.string(), v.unknown(), 'a JSON Schema'),
);
// What the answer is called changes nothing here; a schema always holds.
const JSON_SCHEMA = { schema, name: optional(text), description: optional(text), strict: optional(onOrOff) };

const object = <Entries extends v.ObjectEntries>(entries: Entries, what?: string) => v.strictObject(entries, objectWith(entries, what));

const FORMATS = [
  object({ type: v.literal('text') }),
  // A text is web-llm's, an object llama.cpp's.
  object({ type: v.literal('json_object'), schema: optional(v.union([v.string(), schema], 'a JSON Schema, as an object or as text')) }),
  object({ type: v.literal('json_schema'), json_schema: object(JSON_SCHEMA, 'an object with a "schema"') }),
  object({ type: v.literal('grammar'), grammar: text }),
] as const;

const format = v.variant('type', FORMATS, ({ expected }) =>
  expected === 'Object' ? 'an object with a "type"' : named(FORMATS.map(({ entries }) => entries.type.literal)),
);

/** How an answer begins that is to have no thoughts, as web-llm begins it. */
const NO_THOUGHTS = '<think>\n\n</think>\n\n';

const RULES = {
  honoured: {
    ...SHARED,
    messages: v.pipe(v.array(message, 'a list of messages'), v.minLength(1, 'at least one message')),
    max_completion_tokens: tokenCount,
    logprobs: optional(onOrOff),
    response_format: optional(format),
    extra_body: optional(object({ ...EXTRA_BODY, enable_thinking: optional(onOrOff) })),
  },
  // They name who asks, or how a service stores and bills it.
  ignored: new Set([
    ...['user', 'store', 'metadata', 'service_tier', 'safety_identifier', 'prompt_cache_key'],
    ...['prompt_cache_options', 'prompt_cache_retention', 'parallel_tool_calls'],
  ]),
  asksNothing,
  example: '{ "messages": [ … ] }',
} as const satisfies BodyRules<v.ObjectEntries>;

/** @param value the body, as JSON has it @throws ApiError 400, naming the field */
export function readChatRequest(value: unknown, defaults: RequestDefaults): ChatRequest {
  const { max_completion_tokens: most, ...given } = readBody(value, RULES);
  const asked = { ...given, max_tokens: most ?? given.max_tokens };
  const begun = given.extra_body?.enable_thinking === false ? { begun: NO_THOUGHTS } : {};
  return {
    ...askedOf(asked, given.logprobs ?? false, defaults, checkedFormat(given.response_format)),
    conversation: { ...conversationOf(given.messages), ...begun },
  };
}

/** Set to what is done here in any case. */
function asksNothing(name: string, value: unknown): boolean {
  if (name === 'tools' || name === 'functions') return Array.isArray(value) && value.length === 0;
  if (name === 'tool_choice' || name === 'function_call') return value === 'none' || value === 'auto';
  if (name === 'modalities') return Array.isArray(value) && value.every((each) => each === 'text');
  return false;
}

/** @throws ApiError 400 for a schema or a grammar that cannot be used */
function checkedFormat(asked: v.InferOutput<typeof format> | null): ResponseFormat | null {
  try {
    const wanted = formatOf(asked);
    checkFormat(wanted);
    return wanted;
  } catch (thrown) {
    const { message, hint } = isOverrun(thrown)
      ? { message: 'The response format is nested too deep.', hint: 'Send a flatter one.' }
      : toFailure(thrown);
    throw new ApiError(400, 'invalid_value', `${message} ${hint}`, 'response_format');
  }
}

function formatOf(asked: v.InferOutput<typeof format> | null): ResponseFormat | null {
  if (asked === null || asked.type === 'text') return null;
  if (asked.type === 'grammar') return { type: 'grammar', grammar: asked.grammar };
  const schema = asked.type === 'json_object' ? asked.schema : asked.json_schema.schema;
  return { type: 'json', schema: typeof schema === 'object' && schema !== null ? JSON.stringify(schema) : schema };
}

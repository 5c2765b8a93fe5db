import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/apiError';
import { readChatRequest } from '../../../src/api/chatRequest';
import { readCompletionRequest } from '../../../src/api/completionRequest';

const root = path.resolve(import.meta.dirname, '../../..');
const DEFAULTS = { seed: 77, speculative: true, numSpeculativeTokens: 'auto', drafting: 'model' } as const;
const ASKED = [{ role: 'user', content: 'Hello' }];

/** Of each field a value that asks for something, and what else it needs. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  ...{ messages: [{ role: 'user', content: 'Goodbye' }], prompt: ['Goodbye'], model: 'other', stream: true, n: 2 },
  ...{ stream_options: { include_usage: true }, temperature: 0.5, top_p: 0.5, top_k: 4, frequency_penalty: 1, presence_penalty: 1 },
  ...{ repetition_penalty: 2, logit_bias: { 5: 1 }, logprobs: true, top_logprobs: 2, max_tokens: 3, max_completion_tokens: 3, seed: -5 },
  ...{ stop: ['x'], ignore_eos: true, response_format: { type: 'json_object' }, extra_body: { enable_thinking: false }, echo: true },
  ...{ speculative: false, num_speculative_tokens: 3, method: 'ngram', suffix: 'x', best_of: 2 },
  ...{ tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required', parallel_tool_calls: false },
  ...{ functions: [{ name: 'f' }], function_call: { name: 'f' }, reasoning_effort: 'low', verbosity: 'low', modalities: ['audio'] },
  ...{ audio: { voice: 'a', format: 'wav' }, prediction: { type: 'content', content: 'x' }, web_search_options: {}, moderation: {} },
  ...{ metadata: { a: 'b' }, store: true, user: 'me', safety_identifier: 'me', service_tier: 'flex', prompt_cache_key: 'k' },
  ...{ prompt_cache_options: {}, prompt_cache_retention: '24h', min_p: 0.1, typical_p: 0.5, mirostat: 1, dry_multiplier: 1 },
  ...{ xtc_probability: 0.5, grammar: 'root ::= "a"', json_schema: {}, chat_template_kwargs: { enable_thinking: false } },
};
const NEEDS: Readonly<Record<string, object>> = { stream_options: { stream: true }, top_logprobs: { logprobs: true } };

const ROUTES = [
  {
    heading: 'POST /v1/chat/completions',
    read: (body: object) => readChatRequest({ messages: ASKED, ...body }, DEFAULTS),
    types: [
      ['node_modules/openai/resources/chat/completions/completions.d.ts', 'ChatCompletionCreateParamsBase'],
      ['node_modules/@mlc-ai/web-llm/lib/openai_api_protocols/chat_completion.d.ts', 'ChatCompletionRequestBase'],
    ],
  },
  {
    heading: 'POST /v1/completions',
    read: (body: object) => readCompletionRequest({ prompt: 'Hello', ...body }, DEFAULTS),
    types: [
      ['node_modules/openai/resources/completions.d.ts', 'CompletionCreateParamsBase'],
      ['node_modules/@mlc-ai/web-llm/lib/openai_api_protocols/completion.d.ts', 'CompletionCreateParamsBase'],
    ],
  },
] as const;

/** The fields of the interface `name`, each on a line of its own at the first level. */
function fieldsOf(file: string, name: string): string[] {
  const source = fs.readFileSync(path.join(root, file), 'utf8').replace(/\/\*\*.*?\*\//gs, '');
  const [, body = ''] = new RegExp(`^export (?:declare )?interface ${name} \\{$(.*?)^\\}`, 'ms').exec(source) ?? [];
  return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, field = '']) => field);
}

/** The rows under `heading`: each field, and the first word of its last cell. */
function rowsOf(heading: string): (readonly [field: string, said: string])[] {
  const document = fs.readFileSync(path.join(root, 'docs/conformance.md'), 'utf8');
  const [, section = ''] = document.split(`## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return lines.flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const said = /^\w+/.exec(cells[5] ?? '')?.[0] ?? '';
    return [...(cells[1] ?? '').matchAll(/`(\w+)`/g)].map(([, field = '']) => [field, said] as const);
  });
}

/** What becomes of a request with `field` set to its sample. */
function done(read: (body: object) => unknown, field: string): string {
  const needed = NEEDS[field] ?? {};
  try {
    const asked = read({ ...needed, [field]: SAMPLES[field] });
    expect(asked).not.toEqual(null);
    return JSON.stringify(asked, spelled) === JSON.stringify(read(needed), spelled) ? 'ignored' : 'honoured';
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    const { param } = thrown.body.error;
    return thrown.status === 400 && param?.split('.')[0] === field ? 'refused' : `refused as ${param}`;
  }
}

function spelled(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

describe.each(ROUTES)('$heading', ({ heading, read, types }) => {
  const rows = rowsOf(heading);

  it.each(rows)('does with %s as the table says: %s', (field, said) => {
    expect(SAMPLES).toHaveProperty(field);
    expect(done(read, field)).toBe(said);
  });

  it.each([...types])('has a row for each field of %s › %s', (file, name) => {
    const fields = fieldsOf(file, name);
    expect(fields.length).toBeGreaterThan(15);
    const known = new Set(rows.map(([field]) => field));
    expect(fields.filter((field) => !known.has(field))).toEqual([]);
  });
});

const nested = [
  ['structural_tag', { response_format: { type: 'structural_tag', structural_tag: {} } }, 'response_format.type'],
  ['a schema beside text', { response_format: { type: 'text', schema: '{}' } }, 'response_format.schema'],
  ['times within a round', { extra_body: { enable_latency_breakdown: true } }, 'extra_body.enable_latency_breakdown'],
  ['resumable answers', { extra_body: { resumable: {} } }, 'extra_body.resumable'],
  ['an unknown extra', { extra_body: { other: 1 } }, 'extra_body.other'],
  ['an unknown option of streams', { stream: true, stream_options: { other: 1 } }, 'stream_options.other'],
  ['options of a stream without one', { stream_options: { include_usage: true } }, 'stream_options'],
  ['a keyword of a schema', { response_format: { type: 'json_object', schema: { type: 'array', uniqueItems: true } } }, 'response_format'],
  ['a schema that is no JSON', { response_format: { type: 'json_object', schema: '{' } }, 'response_format'],
  ['the name of who says it', { messages: [{ role: 'user', content: 'a', name: 'Ana' }] }, 'messages.0.name'],
  ['calls of tools', { messages: [...ASKED, { role: 'assistant', content: 'a', tool_calls: [{}] }, ...ASKED] }, 'messages.1.tool_calls'],
] as const;
it.each(nested)('%s is refused by its name', (_, body, param) => {
  const refused = () => ROUTES[0].read(body);
  expect(refused).toThrow(ApiError);
  expect(refused).toThrow(
    expect.objectContaining({ status: 400, body: expect.objectContaining({ error: expect.objectContaining({ param }) }) }),
  );
});

it('an answer is taken back as it was given, with its fields that say nothing', () => {
  const given = { role: 'assistant', content: 'a', refusal: null, annotations: [], tool_calls: null, audio: null };
  expect(ROUTES[0].read({ messages: [...ASKED, given, ...ASKED] })).toEqual(
    ROUTES[0].read({ messages: [...ASKED, { role: 'assistant', content: 'a' }, ...ASKED] }),
  );
});

it('an answer without thoughts begins as web-llm’s', () => {
  expect(readChatRequest({ messages: ASKED, extra_body: { enable_thinking: false } }, DEFAULTS).conversation.begun).toBe(
    '<think>\n\n</think>\n\n',
  );
});

it('what a request does not say is the model’s own, where the engine knows it', () => {
  const defaults = { ...DEFAULTS, speculative: false, numSpeculativeTokens: 3, sampling: { temperature: 0.6, topP: 0.9 } } as const;
  const { settings } = readChatRequest({ messages: ASKED, top_p: 0.5 }, defaults);
  expect(settings).toMatchObject({ mode: 'plain', gamma: 3, sampling: { temperature: 0.6, topP: 0.5, repetitionPenalty: 1 } });
});

it('halves of characters become whole ones before a tokenizer sees them', () => {
  expect(readChatRequest({ messages: [{ role: 'user', content: 'a\ud800' }] }, DEFAULTS).conversation.prompt).toBe('a\ufffd');
  expect(readCompletionRequest({ prompt: 'a\ud800' }, DEFAULTS).prompts).toEqual(['a\ufffd']);
});

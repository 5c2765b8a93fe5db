import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/apiError';
import { readChatRequest } from '../../../src/api/chatRequest';
import { DEFAULT_RUN, GREEDY } from '../../../src/core/settings';

const DEFAULTS = { seed: 77, speculative: true, numSpeculativeTokens: 'auto', drafting: 'ngram' } as const;
const ASKED = [{ role: 'user', content: 'Why is the sky blue?' }];
const read = (fields: object, messages: unknown = ASKED) => readChatRequest({ messages, ...fields }, DEFAULTS);

function refusal(value: unknown): { status: number; param: string | null; code: string; message: string } {
  try {
    readChatRequest(value, DEFAULTS);
  } catch (thrown) {
    if (thrown instanceof ApiError) return { status: thrown.status, ...thrown.body.error };
    throw thrown;
  }
  throw new Error('it was taken');
}

describe('a request', () => {
  it('that says nothing else is sampled at temperature 1, with drafts, until the model ends its answer', () => {
    expect(read({})).toEqual({
      ...{ model: null, answers: 1, stream: false, streamUsage: false },
      conversation: { turns: [], prompt: 'Why is the sky blue?' },
      topLogprobs: null,
      settings: {
        ...DEFAULT_RUN,
        ...{ mode: 'speculative', drafting: 'ngram', gamma: 'auto', maxTokens: Number.MAX_SAFE_INTEGER, candidates: false },
        sampling: { ...GREEDY, temperature: 1, seed: 77 },
      },
    });
  });

  it('has every field that changes the answer honoured', () => {
    const { settings, ...asked } = read({
      ...{ model: 'target', n: 2, stream: true, stream_options: { include_usage: true }, logprobs: true, top_logprobs: 3 },
      ...{ temperature: 0.5, top_p: 0.9, top_k: 40, frequency_penalty: 0.1, presence_penalty: -0.2, repetition_penalty: 1.1 },
      ...{ logit_bias: { '17': -100 }, max_tokens: 12, seed: 5, stop: ['a', 'bc'], ignore_eos: true },
      ...{ response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'boolean' } } } },
      ...{ speculative: true, num_speculative_tokens: 6, method: 'draft_model' },
    });
    expect(asked).toMatchObject({ model: 'target', answers: 2, stream: true, streamUsage: true, topLogprobs: 3 });
    expect(settings).toEqual({
      ...{ mode: 'speculative', drafting: 'model', gamma: 6, candidates: true, confidence: 0, maxTokens: 12 },
      // What is held to a format ends with it.
      ignoreStopTokens: false,
      stopStrings: ['a', 'bc'],
      format: { type: 'json', schema: '{"type":"boolean"}' },
      sampling: {
        ...{ temperature: 0.5, seed: 5, rule: 'coupled', topP: 0.9, topK: 40, repetitionPenalty: 1.1 },
        ...{ frequencyPenalty: 0.1, presencePenalty: -0.2, logitBias: { '17': -100 } },
      },
    });
  });

  it.each([
    [{ speculative: false }, { mode: 'plain' }],
    [{ max_completion_tokens: 9, max_tokens: 4 }, { maxTokens: 9 }],
    [{ ignore_eos: true }, { ignoreStopTokens: true }],
    [{ stop: 'x' }, { stopStrings: ['x'] }],
    [{ response_format: { type: 'text' } }, { format: null }],
    [{ response_format: { type: 'json_object' } }, { format: { type: 'json', schema: null } }],
    [{ response_format: { type: 'grammar', grammar: 'root ::= "a"' } }, { format: { type: 'grammar', grammar: 'root ::= "a"' } }],
    [{ temperature: null, stop: null, n: null, seed: null, tools: null }, { stopStrings: [] }],
  ])('with %j is run with %j', (fields, settings) => {
    expect(read(fields).settings).toMatchObject(settings);
  });

  it.each([
    { user: 'me', store: false, metadata: { a: 1 }, service_tier: 'auto' },
    { tools: [], tool_choice: 'none', parallel_tool_calls: true, modalities: ['text'] },
  ])('with %j is run as without it', (fields) => {
    expect(read(fields)).toEqual(read({}));
  });

  const unsupported = [
    ['tools', [{ type: 'function', function: { name: 'f' } }]],
    ['tool_choice', 'required'],
    ['functions', [{ name: 'f' }]],
    ['modalities', ['audio']],
    ['reasoning_effort', 'low'],
    ['prediction', { type: 'content', content: 'x' }],
    ['temprature', 1],
    ['constructor', 1],
  ] as const;
  it.each(unsupported)('with %s is refused by that name', (name, value) => {
    expect(refusal({ messages: ASKED, [name]: value })).toMatchObject({ status: 400, param: name, code: 'unsupported_parameter' });
  });

  const impossible = [
    ['temperature', 2.1, 'is 2.1. Send a number, 0 to 2.'],
    ['temperature', '1', 'is "1". Send a number, 0 to 2.'],
    ['temperature', 'x'.repeat(200), `is "${'x'.repeat(40)}…". Send a number, 0 to 2.`],
    ['top_p', -0.1, 'is -0.1. Send a number above 0, at most 1.'],
    ['top_p', 0, 'is 0. Send a number above 0, at most 1.'],
    ['top_k', -1, 'is -1. Send a whole number, 0 (off) or more.'],
    ['n', 0, 'is 0. Send a whole number, 1 to 16.'],
    ['n', 1.5, 'is 1.5. Send a whole number, 1 to 16.'],
    ['max_tokens', 0, 'is 0. Send a whole number, 1 or more.'],
    ['max_completion_tokens', [], 'is an empty list. Send a whole number, 1 or more.'],
    ['seed', 1.5, 'is 1.5. Send a whole number.'],
    ['frequency_penalty', 3, 'is 3. Send a number, -2 to 2.'],
    ['presence_penalty', {}, 'is an object. Send a number, -2 to 2.'],
    ['repetition_penalty', 0, 'is 0. Send a number above 0.'],
    ['logit_bias', 3, 'is 3. Send an object with the numbers of tokens as names.'],
    ['logit_bias', [1, 2], 'is a list of 2. Send an object with the numbers of tokens as names.'],
    ['logit_bias', { a: 1 }, 'has the name "a" in it. Send the numbers of tokens as names.'],
    ['logit_bias.1', { '1': 101 }, 'is 101. Send a number, -100 to 100.'],
    ['logprobs', 'yes', 'is "yes". Send true or false.'],
    ['top_logprobs', 6, 'is 6. Send a whole number, 0 to 5.'],
    ['stop', '', 'is "". Send text of at least one character.'],
    ['stop', 5, 'is 5. Send text, or a list of up to 16 texts, none of them empty.'],
    ['stop', [1], 'is a list of 1. Send text, or a list of up to 16 texts, none of them empty.'],
    ['stop', new Array(17).fill('a'), 'is a list of 17. Send text, or a list of up to 16 texts, none of them empty.'],
    ['stream', 'yes', 'is "yes". Send true or false.'],
    ['stream_options', 1, 'is 1. Send an object.'],
    ['model', 3, 'is 3. Send text.'],
    ['num_speculative_tokens', 17, 'is 17. Send "auto" or a whole number, 1 to 16.'],
    ['num_speculative_tokens', 'many', 'is "many". Send "auto" or a whole number, 1 to 16.'],
    ['method', 'eagle', 'is "eagle". Send one of "draft_model", "ngram" and "mixed".'],
    ['response_format', 'json', 'is "json". Send an object with a "type".'],
    ['response_format.type', { type: 'xml' }, 'is "xml". Send one of "text", "json_object", "json_schema" and "grammar".'],
    ['response_format.schema', { type: 'json_object', schema: 1 }, 'is 1. Send a JSON Schema, as an object or as text.'],
    ['response_format.schema', { type: 'json_object', schema: [] }, 'is an empty list. Send a JSON Schema, as an object or as text.'],
    ['messages', 'Hello', 'is "Hello". Send a list of messages.'],
    ['messages', [], 'is an empty list. Send at least one message.'],
    ['messages.0', ['Hello'], 'is "Hello". Send an object with "role" and "content".'],
  ] as const;
  it.each(impossible)('with %s of %j is refused by that name', (param, value, said) => {
    const [name = ''] = param.split('.');
    const refused = { status: 400, code: 'invalid_value', param, message: `"${param}" ${said}` };
    expect(refusal({ messages: ASKED, [name]: value })).toMatchObject(refused);
  });

  const lacking = [
    [{}, 'messages', 'a list of messages'],
    [{ messages: [{ content: 'a' }] }, 'messages.0.role', 'one of "system", "developer", "user" and "assistant"'],
    [{ messages: ASKED, response_format: {} }, 'response_format.type', 'one of "text", "json_object", "json_schema" and "grammar"'],
    [{ messages: ASKED, response_format: { type: 'json_schema' } }, 'response_format.json_schema', 'an object with a "schema"'],
    [{ messages: ASKED, response_format: { type: 'json_schema', json_schema: {} } }, 'response_format.json_schema.schema', 'a JSON Schema'],
    [{ messages: ASKED, response_format: { type: 'grammar' } }, 'response_format.grammar', 'text'],
  ] as const;
  it.each(lacking)('of %j is told what is missing', (body, param, wanted) => {
    const message = `"${param}" is missing. Send ${wanted}.`;
    expect(refusal(body)).toMatchObject({ status: 400, code: 'missing_required_parameter', param, message });
  });

  it('for likely tokens without log-probabilities is refused', () => {
    expect(refusal({ messages: ASKED, top_logprobs: 2 })).toMatchObject({ status: 400, param: 'top_logprobs' });
  });

  it.each([null, 3, 'x', [], true])('that is %j is refused', (value) => {
    expect(refusal(value)).toMatchObject({ status: 400, code: 'invalid_json' });
  });
});

describe('messages', () => {
  const [user, assistant] = [(content: unknown) => ({ role: 'user', content }), (content: unknown) => ({ role: 'assistant', content })];

  it('are a system message, turns and the question', () => {
    const messages = [{ role: 'system', content: 'Be brief.' }, user('One?'), assistant('1'), user('Two?'), assistant('2'), user('Three?')];
    expect(read({}, messages).conversation).toEqual({
      system: 'Be brief.',
      turns: [
        { question: 'One?', answer: '1' },
        { question: 'Two?', answer: '2' },
      ],
      prompt: 'Three?',
    });
  });

  it('may come in parts of text, and from a developer', () => {
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    expect(read({}, [{ role: 'developer', content: parts }, user(parts)]).conversation).toMatchObject({ system: 'ab', prompt: 'ab' });
  });

  const noTurns = [
    ['two of a user in a row', [user('a'), user('b')], 'messages.1'],
    ['an assistant first', [assistant('a'), user('b')], 'messages.0'],
    ['a system message in the middle', [user('a'), { role: 'system', content: 'b' }, user('c')], 'messages.1'],
    ['an assistant last', [user('a'), assistant('b')], 'messages'],
    ['a system message alone', [{ role: 'system', content: 'b' }], 'messages'],
    ['a tool', [user('a'), { role: 'tool', content: 'b', tool_call_id: 'c' }], 'messages.1.role'],
    ['a picture', [user([{ type: 'image_url', image_url: { url: 'x' } }])], 'messages.0.content'],
    ['no content', [{ role: 'user' }], 'messages.0.content'],
  ] as const;
  it.each(noTurns)('with %s are refused, saying where', (_, messages, param) => {
    const refused = refusal({ messages });
    expect(refused.status).toBe(400);
    expect(refused.param).toBe(param);
  });
});

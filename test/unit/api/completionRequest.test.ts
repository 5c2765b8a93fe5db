import { expect, it } from 'vitest';
import { ApiError } from '../../../src/api/apiError';
import { readCompletionRequest } from '../../../src/api/completionRequest';

const DEFAULTS = { seed: 77, speculative: true, numSpeculativeTokens: 'auto', drafting: 'model' } as const;

const impossible = [
  ['prompt', {}],
  ['prompt', { prompt: '' }],
  ['prompt', { prompt: [] }],
  ['prompt', { prompt: [1, 2, 3] }],
  ['prompt', { prompt: Array.from({ length: 17 }, () => 'a') }],
  ['logprobs', { prompt: 'a', logprobs: 6 }],
  ['echo', { prompt: 'a', echo: true, logprobs: 0 }],
  ['top_logprobs', { prompt: 'a', top_logprobs: 1 }],
  ['best_of', { prompt: 'a', n: 2, best_of: 3 }],
  ['messages', { prompt: 'a', messages: [] }],
] as const;
it.each(impossible)('a field that cannot be used is named: %s in %j', (param, body) => {
  const refused = () => readCompletionRequest(body, DEFAULTS);
  expect(refused).toThrow(ApiError);
  expect(refused).toThrow(
    expect.objectContaining({ status: 400, body: expect.objectContaining({ error: expect.objectContaining({ param }) }) }),
  );
});

it.each([[], Array.from({ length: 17 }, () => 'a')])(
  'prompts of which there are too few or too many are told how many there may be: %j',
  (...prompt) => {
    const allowed = 'text, or a list of 1 to 16 texts, none of them empty (tokens cannot be given by their numbers)';
    const given = prompt.length === 0 ? 'an empty list' : 'a list of 17';
    expect(() => readCompletionRequest({ prompt }, DEFAULTS)).toThrow(`"prompt" is ${given}. Send ${allowed}.`);
  },
);

it.each([
  { suffix: '', best_of: 1, echo: false, user: 'me', logprobs: false },
  { n: 1, best_of: null, suffix: null, extra_body: { enable_latency_breakdown: false, resumable: null } },
])('%j asks for nothing', (fields) => {
  expect(readCompletionRequest({ prompt: 'a', ...fields }, DEFAULTS)).toEqual(readCompletionRequest({ prompt: 'a' }, DEFAULTS));
});

it('a number of log-probabilities asks for OpenAI’s shape, and true for web-llm’s', () => {
  expect(readCompletionRequest({ prompt: 'a', logprobs: 0 }, DEFAULTS)).toMatchObject({ topLogprobs: 0, logprobsShape: 'text' });
  expect(readCompletionRequest({ prompt: 'a', logprobs: true, top_logprobs: 3 }, DEFAULTS)).toMatchObject({
    ...{ topLogprobs: 3, logprobsShape: 'chat' },
    settings: { candidates: true },
  });
});

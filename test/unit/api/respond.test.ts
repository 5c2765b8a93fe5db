import { describe, expect, it } from 'vitest';
import type { ApiEngine } from '../../../src/api/apiEngine';
import { respond } from '../../../src/api/respond';
import { FailureError } from '../../../src/core/failure';
import type { RunEvent, RunSettings, RunToken, Verdict } from '../../../src/core/types';

const token = (text: string, verdict: Verdict, p: number | null = null): RunToken => {
  const candidates = p === null ? null : { p: [{ id: 1, text, probability: p }], q: [], residual: [] };
  return { id: 1, verdict, p, q: null, u: null, text, candidates };
};

/** Two rounds: "Blue", then a draft of three of which one is kept, and the target's own; then a stop token. */
function eventsOf(settings: RunSettings, prompt: string): RunEvent[] {
  const about = { readbacks: 1, limits: { model: 3, ngram: 0 }, device: null } as const;
  const p = settings.candidates ? 0.5 : null;
  const labels = { target: 'Target', draft: 'Draft', adapter: 'none' };
  return [
    { type: 'start', prompt, promptIds: [1, 2, 3], settings, labels, calibration: null },
    { type: 'prefill', tokens: 2, reused: 1, endMs: 1 },
    { type: 'round', index: 0, tokens: [token('Blue', 'plain', p)], source: null, startMs: 1, endMs: 10, ...about },
    {
      ...{ type: 'round', index: 1, source: 'model', startMs: 10, endMs: 30, ...about },
      tokens: [token(' li', 'accepted', p), token('x', 'rejected', p), token('y', 'discarded', p), token('ght', 'corrected', p)],
    },
    { type: 'round', index: 2, tokens: [token('', 'plain', p)], source: null, startMs: 30, endMs: 40, ...about },
    { type: 'end', reason: 'stop', stopString: null, endMs: 40 },
  ];
}

interface Scripted {
  readonly models?: readonly string[];
  readonly events?: typeof eventsOf;
  readonly asked?: RunSettings[];
}

function engineOf({ models = ['target'], events = eventsOf, asked = [] }: Scripted = {}): ApiEngine {
  return {
    models: async () => models.map((id) => ({ id, names: ['Target 6M'], contextLength: 512 })),
    defaults: () => ({ seed: 1, speculative: true, numSpeculativeTokens: 'auto', drafting: 'model' }),
    async *run({ prompt }, settings) {
      asked.push(settings);
      yield* events(settings, prompt);
    },
    now: () => 1234_500,
    randomId: () => 'x',
  };
}

async function ask(body: unknown, engine = engineOf(), { method = 'POST', path = '/v1/chat/completions' } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await respond({ method, path, body: text }, engine, new AbortController().signal);
  const pieces: string[] = [];
  for await (const piece of response.body) pieces.push(piece);
  return { status: response.status, type: response.type, pieces };
}

const MESSAGES = [{ role: 'user', content: 'Which colour?' }];
const parsed = (piece: string | undefined) => JSON.parse(piece ?? '');
const dataOf = (pieces: readonly string[]) => pieces.slice(0, -1).map((piece) => parsed(/^data: (.*)\n\n$/.exec(piece)?.[1]));

describe('POST /v1/chat/completions', () => {
  it('answers with the whole text, and counts what was drafted', async () => {
    const { status, type, pieces } = await ask({ messages: MESSAGES });
    expect([status, type]).toEqual([200, 'application/json']);
    expect(parsed(pieces[0])).toEqual({
      ...{ id: 'chatcmpl-x', object: 'chat.completion', created: 1234, model: 'target' },
      choices: [{ index: 0, message: { role: 'assistant', content: 'Blue light', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: {
        ...{ prompt_tokens: 3, completion_tokens: 3, total_tokens: 6, prompt_tokens_details: { cached_tokens: 1 } },
        completion_tokens_details: { accepted_prediction_tokens: 1, rejected_prediction_tokens: 2 },
        extra: {
          ...{ num_drafts: 1, num_draft_tokens: 3, num_accepted_tokens: 1, num_accepted_tokens_per_pos: [1], rounds: 3, target_passes: 3 },
          ...{ mean_acceptance_length: 4 / 3, time_to_first_token_s: 0.01, time_per_output_token_s: 0.01, decode_tokens_per_s: 100 },
          ...{ prefill_tokens_per_s: 200, e2e_latency_s: 0 },
        },
      },
    });
  });

  it('streams a chunk a round, then the end, the usage where asked for, and [DONE]', async () => {
    const { status, type, pieces } = await ask({ messages: MESSAGES, stream: true, stream_options: { include_usage: true } });
    expect([status, type]).toEqual([200, 'text/event-stream']);
    expect(pieces.at(-1)).toBe('data: [DONE]\n\n');
    const chunks = dataOf(pieces);
    expect(chunks.map(({ choices: [choice] }) => choice && [choice.delta, choice.finish_reason])).toEqual([
      [{ role: 'assistant', content: '' }, null],
      [{ content: 'Blue' }, null],
      [{ content: ' light' }, null],
      [{}, 'stop'],
      undefined,
    ]);
    expect(new Set(chunks.map(({ object, id, model }) => [object, id, model].join()))).toEqual(
      new Set(['chat.completion.chunk,chatcmpl-x,target']),
    );
    expect(chunks.at(-1).usage).toMatchObject({ completion_tokens: 3, extra: { num_draft_tokens: 3 } });
  });

  it('tells the target’s log-probability of every committed token, and of likely ones', async () => {
    const { pieces } = await ask({ messages: MESSAGES, logprobs: true, top_logprobs: 1 });
    const { content } = parsed(pieces[0]).choices[0].logprobs;
    expect(content.slice(0, 3).map((each: { token: string }) => each.token)).toEqual(['Blue', ' li', 'ght']);
    expect(content[0]).toEqual({
      ...{ token: 'Blue', logprob: Math.log(0.5), bytes: [66, 108, 117, 101] },
      top_logprobs: [{ token: 'Blue', logprob: Math.log(0.5), bytes: [66, 108, 117, 101] }],
    });
  });

  it('draws every answer of several with a seed of its own', async () => {
    const asked: RunSettings[] = [];
    const { pieces } = await ask({ messages: MESSAGES, n: 3, seed: 9 }, engineOf({ asked }));
    expect(asked.map(({ sampling }) => BigInt(sampling.seed))).toEqual([9n, 10n, 11n]);
    expect(parsed(pieces[0]).choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
    expect(parsed(pieces[0]).usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 9 });
  });

  const depth = 150_000;
  const DEEP = `{"type":"json_object","schema":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
  const refused = [
    ['a body that is no JSON', '{', {}, 400, 'invalid_json'],
    ['a model that is not there', { messages: MESSAGES, model: 'gpt-4o' }, {}, 404, 'model_not_found'],
    ['a body of five million characters', 'x'.repeat(5_000_000), {}, 413, 'request_too_large'],
    ['a schema that is nested too deep', `{"messages":${JSON.stringify(MESSAGES)},"response_format":${DEEP}}`, {}, 400, 'invalid_value'],
    ['another method', '', { method: 'GET' }, 405, 'method_not_allowed'],
    ['another path', '', { path: '/v1/embeddings' }, 404, 'not_found'],
    ['no model’s id', '', { method: 'GET', path: '/v1/models/' }, 404, 'not_found'],
    ['a text completion of five million characters', 'x'.repeat(5_000_000), { path: '/v1/completions' }, 413, 'request_too_large'],
  ] as const;
  it.each(refused)('refuses %s', async (_, body, where, status, code) => {
    const answered = await ask(body, engineOf(), where);
    expect(answered.status).toBe(status);
    expect(parsed(answered.pieces[0]).error).toMatchObject({ code, type: 'invalid_request_error' });
  });

  it('names each model once where a request names another', async () => {
    const { pieces } = await ask({ messages: MESSAGES, model: 'gpt-4o' }, engineOf({ models: ['target', 'other'] }));
    expect(parsed(pieces[0]).error.message).toBe('There is no model "gpt-4o" here. Ask for one of: target, other.');
  });

  it('says that no model is chosen yet', async () => {
    const { status, pieces } = await ask({ messages: MESSAGES }, engineOf({ models: [] }));
    expect([status, parsed(pieces[0]).error.code]).toEqual([503, 'no_model']);
  });

  it.each([false, true])('tells of what nobody foresaw its code alone, streaming: %s', async (stream) => {
    const events = () => {
      throw new TypeError('no such thing in /home/me/foretoken.js');
    };
    const { status, pieces } = await ask({ messages: MESSAGES, stream }, engineOf({ events }));
    expect([status, parsed(pieces[0]).error.code]).toEqual([500, 'internal']);
    expect(pieces.join()).not.toMatch(/home|page/);
  });

  it.each([false, true])('has a status for what fails before the first token, streaming: %s', async (stream) => {
    const events = () => {
      throw new FailureError('prompt-too-long', 'The prompt has 9 tokens; these models hold 8.', 'Shorten the prompt and run again.');
    };
    const { status, pieces } = await ask({ messages: MESSAGES, stream }, engineOf({ events }));
    expect([status, parsed(pieces[0]).error]).toMatchObject([400, { code: 'context_length_exceeded', param: 'messages' }]);
  });

  it.each([
    ['invalid-setting', 'A logit bias’s token is 9999.', 'logit_bias'],
    ['format-dead-end', 'The grammar leads nowhere from here.', 'response_format'],
  ] as const)('names the field of what only a run can judge: %s', async (code, message, param) => {
    const events = () => {
      throw new FailureError(code, message, 'Change it.');
    };
    const { status, pieces } = await ask({ messages: MESSAGES }, engineOf({ events }));
    expect([status, parsed(pieces[0]).error]).toMatchObject([400, { code: code.replaceAll('-', '_'), param }]);
  });

  it('gives the models back where nobody reads its stream', async () => {
    let ended = false;
    const engine: ApiEngine = {
      ...engineOf(),
      async *run({ prompt }, settings) {
        try {
          yield* eventsOf(settings, prompt);
        } finally {
          ended = true;
        }
      },
    };
    const request = { method: 'POST', path: '/v1/chat/completions', body: JSON.stringify({ messages: MESSAGES, stream: true }) };
    const { body } = await respond(request, engine, new AbortController().signal);
    expect(ended).toBe(false);
    await body.return();
    expect(ended).toBe(true);
  });

  it('ends a stream with an error where the run fails on its way', async () => {
    const failure = { code: 'device-lost', message: 'The GPU was lost.', hint: 'Run again.' } as const;
    const events: typeof eventsOf = (settings, prompt) => [
      ...eventsOf(settings, prompt).slice(0, 3),
      { type: 'end', reason: 'failed', failure, endMs: 9 },
    ];
    const { pieces } = await ask({ messages: MESSAGES, stream: true }, engineOf({ events }));
    expect(pieces.at(-1)).toBe(
      'data: {"error":{"message":"The GPU was lost. Run again.","type":"server_error","param":null,"code":"device_lost"}}\n\n',
    );
    expect(pieces).toHaveLength(3);
  });
});

describe('GET /v1/models', () => {
  const MODELS = { models: ['target', 'other/one'] };
  const shape = (id: string) => ({ id, object: 'model', created: 0, owned_by: 'foretoken', max_model_len: 512 });

  it('lists each model once, whatever else it may be called', async () => {
    const { pieces } = await ask('', engineOf(MODELS), { method: 'GET', path: '/v1/models' });
    expect(parsed(pieces[0])).toEqual({ object: 'list', data: MODELS.models.map(shape) });
    const named = await ask({ messages: MESSAGES, model: 'Target 6M' });
    expect([named.status, parsed(named.pieces[0]).model]).toEqual([200, 'Target 6M']);
  });

  it.each(['other/one', 'other%2Fone'])('tells of one of them by its id, as %s', async (id) => {
    const { status, pieces } = await ask('', engineOf(MODELS), { method: 'GET', path: `/v1/models/${id}` });
    expect([status, parsed(pieces[0])]).toEqual([200, shape('other/one')]);
  });

  it('knows no other', async () => {
    const { status, pieces } = await ask('', engineOf(MODELS), { method: 'GET', path: '/v1/models/third' });
    expect([status, parsed(pieces[0]).error.code]).toEqual([404, 'model_not_found']);
  });
});

describe('POST /v1/completions', () => {
  const path = '/v1/completions';

  it('answers in the shape of text completions, streaming too', async () => {
    const { pieces } = await ask({ prompt: 'Blue is', echo: true }, engineOf(), { path });
    expect(parsed(pieces[0])).toMatchObject({
      ...{ id: 'cmpl-x', object: 'text_completion', created: 1234, model: 'target' },
      choices: [{ index: 0, text: 'Blue isBlue light', logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 3 },
    });
    const streamed = dataOf((await ask({ prompt: 'Blue is', stream: true }, engineOf(), { path })).pieces);
    expect(streamed.map(({ object, choices: [choice] }) => [object, choice.text, choice.finish_reason])).toEqual([
      ['text_completion', 'Blue', null],
      ['text_completion', ' light', null],
      ['text_completion', '', 'stop'],
    ]);
  });

  it('says where each token begins, in a stream too that holds back what may be a stop string', async () => {
    const asked = { prompt: 'Blue is', logprobs: 0, stop: 'lightning' };
    const whole = parsed((await ask(asked, engineOf(), { path })).pieces[0]);
    const { tokens, text_offset } = whole.choices[0].logprobs;
    expect([tokens, text_offset]).toEqual([
      ['Blue', ' li', 'ght'],
      [0, 4, 7],
    ]);
    const streamed = dataOf((await ask({ ...asked, stream: true }, engineOf(), { path })).pieces).map(({ choices: [choice] }) => choice);
    expect(streamed.map(({ text }) => text)).toEqual(['Blue', ' ', 'light', '']);
    expect(streamed.flatMap(({ logprobs }) => logprobs?.text_offset ?? [])).toEqual(text_offset);
  });
});

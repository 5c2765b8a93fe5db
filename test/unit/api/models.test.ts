import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiEngine } from '../../../src/api/apiEngine';
import { completeChat, streamChat } from '../../../src/api/chat';
import { readChatRequest } from '../../../src/api/chatRequest';
import { completeText, streamText } from '../../../src/api/completion';
import { readCompletionRequest } from '../../../src/api/completionRequest';
import { ApiMetrics } from '../../../src/api/metrics';
import type { ChatCompletionChunk, Completion } from '../../../src/api/shapes';
import { cpuApi, fetchShipped } from '../../support/cpuApi';
import { shippedPair } from '../../support/shipped';

const never = new AbortController().signal;
const PROMPT = 'Count from 1 to 12.';
const asked = { messages: [{ role: 'user', content: PROMPT }], temperature: 0 };

let api: ApiEngine;
beforeAll(() => {
  vi.stubGlobal('fetch', fetchShipped);
  api = cpuApi();
});

const chat = (fields: object = {}, engine = api) =>
  completeChat(readChatRequest({ ...asked, ...fields }, engine.defaults()), engine, never);
const text = (fields: object, engine = api) =>
  completeText(readCompletionRequest({ temperature: 0, ...fields }, engine.defaults()), engine, never);

async function all<T>(chunks: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}
const chunksOf = async (fields: object, engine = api): Promise<ChatCompletionChunk[]> =>
  all(await streamChat(readChatRequest({ ...asked, ...fields }, engine.defaults()), engine, never));
const textChunks = async (fields: object): Promise<Completion[]> =>
  all(await streamText(readCompletionRequest({ temperature: 0, ...fields }, api.defaults()), api, never));

describe('a chat completion of the shipped models', () => {
  it('has the target’s own log-probability of every token, with drafts and without', async () => {
    const logprobs = { logprobs: true, top_logprobs: 5 };
    const [drafted, plain] = [await chat(logprobs), await chat({ ...logprobs, speculative: false })];
    expect(drafted.usage.extra.num_accepted_tokens).toBeGreaterThan(4);
    expect(plain.usage.extra.num_draft_tokens).toBe(0);
    expect(drafted.choices).toEqual(plain.choices);
    const tokens = drafted.choices[0]?.logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toBe(drafted.choices[0]?.message.content);
    expect(tokens).toHaveLength(drafted.usage.completion_tokens);
    for (const { token, logprob, top_logprobs: likely } of tokens) expect(likely[0]).toMatchObject({ token, logprob });
  });

  it('streams the same, with the log-probabilities of each chunk’s own tokens', async () => {
    const whole = await chat({ logprobs: true });
    const chunks = await chunksOf({ logprobs: true, stream: true, stream_options: { include_usage: true } });
    const choices = chunks.flatMap((chunk) => chunk.choices);
    expect(choices.map(({ delta }) => delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content);
    expect(choices.flatMap(({ logprobs }) => logprobs?.content ?? [])).toEqual(whole.choices[0]?.logprobs?.content);
    for (const { delta, logprobs } of choices) {
      expect((logprobs?.content ?? []).map(({ token }) => token).join('')).toBe(delta.content ?? '');
    }
    // A round at a time, between the role, the end and the usage.
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: whole.usage.completion_tokens });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    expect(chunks.length).toBeLessThanOrEqual((chunks.at(-1)?.usage?.extra.rounds ?? 0) + 3);
  });

  it('streams nothing of a stop string, whether the request or the chat template has it', async () => {
    const { choices } = await chat();
    const whole = choices[0]?.message.content ?? '';
    const stop = whole.slice(9, 15);
    const expected = whole.slice(0, whole.indexOf(stop));
    for (const [engine, fields] of [
      [api, { stop }],
      [cpuApi({ templateStops: ['never said', stop] }), {}],
    ] as const) {
      const chunks = await chunksOf({ ...fields, logprobs: true, stream: true }, engine);
      const streamed = chunks.flatMap((chunk) => chunk.choices);
      expect(streamed.map(({ delta }) => delta.content ?? '').join('')).toBe(expected);
      const tokens = streamed.flatMap(({ logprobs }) => logprobs?.content ?? []);
      expect(tokens.length).toBeGreaterThan(0);
      expect(whole.startsWith(tokens.map(({ token }) => token).join(''))).toBe(true);
      expect(
        tokens
          .slice(0, -1)
          .map(({ token }) => token)
          .join('').length,
      ).toBeLessThan(expected.length);
      expect(streamed.at(-1)?.finish_reason).toBe('stop');
    }
  });

  it('is decoded plainly, and says why, where the pair cannot draft', async () => {
    const { target, draft } = shippedPair('draft');
    const forgetful = cpuApi({ pair: { target: { ...target, rollsBack: false }, draft } });
    await forgetful.load(() => undefined, never);
    const alone = cpuApi({ pair: { target, draft: null } });
    const short = { max_tokens: 12 };
    const [whole, kept, single] = [await chat(short), await chat(short, forgetful), await chat(short, alone)];
    expect(whole.usage.extra).not.toHaveProperty('plain_because');
    expect(kept.choices).toEqual(whole.choices);
    expect(kept.usage.extra).toMatchObject({ num_draft_tokens: 0, plain_because: 'target_cache_does_not_roll_back' });
    expect(single.choices).toEqual(whole.choices);
    expect(single.usage.extra).toMatchObject({ num_draft_tokens: 0, plain_because: 'no_draft_model' });
    const looked = await chat({ ...short, method: 'ngram', messages: [{ role: 'user', content: 'Copy: a b c d a b c d a b c d' }] }, alone);
    expect(looked.usage.extra).not.toHaveProperty('plain_because');
  });

  it('is repeated by its seed, whatever drafts and however many tokens', async () => {
    const draw = async (seed: number, drafts: object) =>
      (await chat({ messages: [{ role: 'user', content: 'Tell me a story.' }], temperature: 1.2, max_tokens: 16, seed, ...drafts }))
        .choices;
    const one = await draw(1, { num_speculative_tokens: 4 });
    for (const drafts of [{ num_speculative_tokens: 1 }, { num_speculative_tokens: 8 }, { method: 'ngram' }, { speculative: false }])
      expect(await draw(1, drafts), JSON.stringify(drafts)).toEqual(one);
    expect(await draw(2, {})).not.toEqual(one);
  });

  it('of several answers keeps its place until the last, though others come meanwhile', async () => {
    const narrow = cpuApi({ mostWaiting: 1 });
    const short = { max_tokens: 2, stream: true };
    const request = readChatRequest({ ...asked, ...short, n: 2 }, narrow.defaults());
    const chunks = await streamChat(request, narrow, never);
    const ends: unknown[] = [];
    for await (const { choices } of chunks) {
      if (choices[0]?.finish_reason) ends.push(choices[0].finish_reason);
      if (ends.length === 1 && choices[0]?.finish_reason) {
        const others = [chat({ max_tokens: 2 }, narrow), chat({ max_tokens: 2 }, narrow)];
        await expect(chat({ max_tokens: 2 }, narrow)).rejects.toMatchObject({ status: 429 });
        Promise.all(others).then((answers) => ends.push(...answers.map(({ choices: [choice] }) => choice?.finish_reason)));
      }
    }
    await expect.poll(() => ends).toEqual(['length', 'length', 'length', 'length']);
  });

  it('is plain where the engine does so by default, without a reason', async () => {
    const plain = cpuApi({ defaults: { speculative: false, numSpeculativeTokens: 2, drafting: 'model' } });
    const [byDefault, drafted] = [await chat({ max_tokens: 6 }, plain), await chat({ max_tokens: 6, speculative: true }, plain)];
    expect(byDefault.usage.extra).toMatchObject({ num_drafts: 0, rounds: 6 });
    expect(byDefault.usage.extra).not.toHaveProperty('plain_because');
    expect(drafted.usage.extra.num_drafts).toBeGreaterThan(0);
    expect(drafted.usage.extra.num_accepted_tokens_per_pos.length).toBeLessThanOrEqual(2);
    expect(drafted.choices).toEqual(byDefault.choices);
  });
});

it('an answer without thoughts goes on from its empty block, in a stream too', async () => {
  const fields = { extra_body: { enable_thinking: false }, max_tokens: 4, ignore_eos: true };
  const [whole, chunks, bare] = [await chat(fields), await chunksOf({ ...fields, stream: true }), await chat({ max_tokens: 4 })];
  expect(whole.choices[0]?.message.content).toMatch(/^<think>\n\n<\/think>\n\n/);
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '<think>\n\n</think>\n\n' });
  expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? '')).join('')).toBe(whole.choices[0]?.message.content);
  expect(whole.usage.prompt_tokens).toBeGreaterThan(bare.usage.prompt_tokens);
  expect(whole.usage.completion_tokens).toBe(4);
});

describe('a text completion of the shipped models', () => {
  it('goes on from the prompt as it stands, outside the chat template', async () => {
    const inputs: unknown[] = [];
    const watched = new ApiMetrics('target').watch(api);
    const noted: ApiEngine = {
      ...watched,
      run: (input, ...rest) => {
        inputs.push(input);
        return watched.run(input, ...rest);
      },
    };
    const { object, choices, usage } = await text({ prompt: '1, 2, 3,', max_tokens: 5 }, noted);
    expect(inputs).toEqual([{ prompt: '1, 2, 3,', turns: [], raw: true }]);
    expect(object).toBe('text_completion');
    expect(choices[0]).toMatchObject({ index: 0, logprobs: null, finish_reason: 'length' });
    // Blanks are a text to go on from too.
    expect((await text({ prompt: '\n', max_tokens: 2 })).usage?.prompt_tokens).toBe(1);
    // Of the chat template no token stands around it.
    const bare = await chat({ messages: [{ role: 'user', content: '1, 2, 3,' }], max_tokens: 1 });
    expect(usage?.prompt_tokens).toBeLessThan(bare.usage.prompt_tokens);
    expect(usage?.completion_tokens).toBe(5);
  });

  it('has the target’s own log-probabilities where it is sampled too: those of the prompt and the text so far', async () => {
    const prompt = '<|user|>\nExplain speculative decoding.<|end|>\n<|assistant|>\n';
    const sampled = { temperature: 1, seed: 5, logprobs: true, top_logprobs: 5 };
    const { choices, usage } = await text({ ...sampled, prompt, max_tokens: 10 });
    const told = choices[0]?.logprobs;
    if (!told || !('content' in told) || !usage) throw new Error('the shape is another');
    expect(usage.extra.num_draft_tokens).toBeGreaterThan(usage.extra.num_accepted_tokens);
    let compared = 0;
    for (const [i, { top_logprobs: likely }] of told.content.entries()) {
      const before = told.content.slice(0, i).map(({ token }) => token);
      const next = await text({ ...sampled, prompt: prompt + before.join(''), max_tokens: 1 });
      const alone = next.choices[0]?.logprobs;
      // The same text may be cut into other tokens.
      if (!alone || !('content' in alone) || next.usage?.prompt_tokens !== usage.prompt_tokens + i) continue;
      compared++;
      const [first] = alone.content;
      expect(first?.top_logprobs.map(({ token }) => token)).toEqual(likely.map(({ token }) => token));
      for (const [at, { logprob }] of likely.entries()) expect(first?.top_logprobs[at]?.logprob).toBeCloseTo(logprob, 6);
    }
    expect(compared).toBeGreaterThan(5);
  });

  it('answers each of several prompts, as often as it is asked, and streams the same', async () => {
    const fields = { prompt: ['1, 2, 3,', 'one two'], n: 2, max_tokens: 4, echo: true };
    const whole = await text(fields);
    expect(whole.choices.map(({ index, text: said }) => [index, said.slice(0, 7)])).toEqual([
      [0, '1, 2, 3'],
      [1, '1, 2, 3'],
      [2, 'one two'],
      [3, 'one two'],
    ]);
    const alone = await Promise.all(['1, 2, 3,', 'one two'].map((prompt) => text({ prompt, max_tokens: 4 })));
    expect(whole.choices.map(({ text: said }) => said)).toEqual(
      [0, 0, 1, 1].map((at) => fields.prompt[at] + (alone[at]?.choices[0]?.text ?? '')),
    );
    expect(whole.usage?.prompt_tokens).toBe(alone.reduce((sum, { usage }) => sum + (usage?.prompt_tokens ?? 0), 0));
    const streamed = ['', '', '', ''];
    for (const { choices } of await textChunks({ ...fields, stream: true })) {
      for (const { index, text: piece } of choices) streamed[index] += piece;
    }
    expect(streamed).toEqual(whole.choices.map(({ text: said }) => said));
  });

  it('has log-probabilities in OpenAI’s own shape where it asks for a number, and in web-llm’s where it says true', async () => {
    const fields = { prompt: '1, 2, 3,', max_tokens: 6 };
    const [counted, named] = [await text({ ...fields, logprobs: 2 }), await text({ ...fields, logprobs: true, top_logprobs: 2 })];
    const legacy = counted.choices[0]?.logprobs;
    const content = named.choices[0]?.logprobs;
    if (!legacy || !('tokens' in legacy) || !content || !('content' in content)) throw new Error('the shapes are others');
    expect(legacy.tokens).toEqual(content.content.map(({ token }) => token));
    expect(legacy.token_logprobs).toEqual(content.content.map(({ logprob }) => logprob));
    // Parts of characters share one text.
    expect(legacy.top_logprobs?.map((likely) => Math.max(...Object.values(likely)))).toEqual(legacy.token_logprobs);
    for (const [i, offset] of legacy.text_offset.entries()) {
      expect(counted.choices[0]?.text.slice(offset).startsWith(legacy.tokens[i] ?? '')).toBe(true);
    }
    const offsets = (await textChunks({ ...fields, logprobs: 2, stream: true })).flatMap(({ choices: [choice] }) =>
      choice?.logprobs && 'tokens' in choice.logprobs ? choice.logprobs.text_offset : [],
    );
    expect(offsets).toEqual(legacy.text_offset);
  });
});

it('the metrics are those of the answers’ usage', async () => {
  const metrics = new ApiMetrics('target');
  const watched = metrics.watch(api);
  const value = (name: string) => {
    const line = metrics
      .text()
      .split('\n')
      .find((each) => each.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  };
  expect(value('vllm:prompt_tokens_total{model_name="target"}')).toBe(0);
  const [one, two] = [await chat({}, watched), await chat({ max_tokens: 3 }, watched)];
  const sum = (of: (usage: (typeof one)['usage']) => number) => of(one.usage) + of(two.usage);
  expect(value('vllm:prompt_tokens_total{model_name="target"}')).toBe(sum((usage) => usage.prompt_tokens));
  expect(value('vllm:generation_tokens_total{model_name="target"}')).toBe(sum((usage) => usage.completion_tokens));
  expect(value('vllm:spec_decode_num_drafts_total{model_name="target"}')).toBe(sum(({ extra }) => extra.num_drafts));
  expect(value('vllm:spec_decode_num_draft_tokens_total{model_name="target"}')).toBe(sum(({ extra }) => extra.num_draft_tokens));
  const accepted = sum(({ extra }) => extra.num_accepted_tokens);
  expect(accepted).toBeGreaterThan(4);
  expect(value('vllm:spec_decode_num_accepted_tokens_total{model_name="target"}')).toBe(accepted);
  const positions = [0, 1, 2, 3].map((at) =>
    value(`vllm:spec_decode_num_accepted_tokens_per_pos_total{model_name="target",position="${at}"}`),
  );
  expect(positions.reduce((total, count) => total + count)).toBe(accepted);
  expect(value('vllm:request_success_total{model_name="target",finished_reason="stop"}')).toBe(1);
  expect(value('vllm:request_success_total{model_name="target",finished_reason="length"}')).toBe(1);
  expect(value('vllm:time_to_first_token_seconds_count{model_name="target"}')).toBe(2);
  expect(value('vllm:time_to_first_token_seconds_bucket{model_name="target",le="+Inf"}')).toBe(2);
  expect(value('vllm:num_requests_running{model_name="target"}')).toBe(0);
});

it('the metrics count what runs, what waits, what a client gave up and what failed', async () => {
  const metrics = new ApiMetrics('a "model"');
  const watched = metrics.watch(cpuApi());
  const value = (name: string) =>
    Number(metrics.text().match(new RegExp(`^vllm:${name}\\{model_name="a \\\\"model\\\\""[^}]*\\} (.*)$`, 'm'))?.[1]);
  const request = readChatRequest({ ...asked, stream: true }, watched.defaults());
  const first = await streamChat(request, watched, never);
  await first.next();
  const second = (await streamChat(request, watched, never)).next();
  await expect.poll(() => value('num_requests_waiting')).toBe(1);
  expect(value('num_requests_running')).toBe(1);
  await first.return();
  await second;
  expect(metrics.text()).toContain('finished_reason="abort"} 1');
  await expect(chat({ messages: [{ role: 'user', content: 'word '.repeat(4000) }] }, watched)).rejects.toMatchObject({ status: 400 });
  expect(metrics.text()).toContain('finished_reason="error"} 1');
});

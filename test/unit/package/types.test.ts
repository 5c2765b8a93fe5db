/** Proves to the compiler that the engine stands where web-llm's is expected; vitest runs what is left of it. */
import type * as webllm from '@mlc-ai/web-llm';
import { expect, expectTypeOf, it } from 'vitest';
import type {
  ChatCompletion as AnsweredChat,
  ChatCompletionChunk as AnsweredChunk,
  Completion as AnsweredText,
} from '../../../src/api/shapes';
import { type ChatCompletion, SpeculativeEngine, type SpeculativeEngineConfig } from '../../../src/package';

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;

it('an engine is web-llm’s interface, in its methods, options and answers', () => {
  const engine: webllm.MLCEngineInterface = new SpeculativeEngine();
  expect(Object.keys(engine)).toEqual(expect.arrayContaining(['chat', 'completions', 'embeddings']));
  expectTypeOf<webllm.MLCEngineConfig>().toExtend<SpeculativeEngineConfig>();
  // What answers are cast to is what they are, only writable.
  expectTypeOf<Writable<AnsweredChat>>().toExtend<webllm.ChatCompletion>();
  expectTypeOf<Omit<Writable<AnsweredChunk>, 'usage'>>().toExtend<Omit<webllm.ChatCompletionChunk, 'usage'>>();
  expectTypeOf<Omit<Writable<AnsweredText>, 'usage' | 'choices'>>().toExtend<Omit<webllm.Completion, 'usage' | 'choices'>>();
  expectTypeOf<ChatCompletion['usage']['extra']['num_accepted_tokens_per_pos']>().toEqualTypeOf<readonly number[]>();
});

it('a request takes web-llm’s fields and those of speculation, and no others', () => {
  const { chat } = new SpeculativeEngine();
  const messages: webllm.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
  const calls = [
    () => chat.completions.create({ messages, temperature: 0, speculative: true, num_speculative_tokens: 'auto', method: 'mixed' }),
    // @ts-expect-error: there is no such method of drafting
    () => chat.completions.create({ messages, method: 'eagle' }),
    // @ts-expect-error: there is no such field
    () => chat.completions.create({ messages, temprature: 1 }),
  ];
  expect(calls).toHaveLength(3);
});

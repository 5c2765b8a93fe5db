import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PackageApp } from './support/packageApp/main';
import { buildPackageApp } from './support/packageBuild';
import { launch } from './support/page';
import { FaultyServer } from './support/server';

declare global {
  var app: PackageApp;
}

/** Requests of web-llm's README and examples, at temperature 0, on prompts that the embedded pair knows. */
const CHAT: Readonly<Record<string, object>> = {
  'README: chat completion': { messages: [{ role: 'system', content: 'You are a helpful AI assistant.' }, user('Hello!')] },
  'get-started': { messages: [user('What is 4 plus 5?')], logprobs: true, top_logprobs: 2 },
  'get-started: several answers': { messages: [user('Name a colour.')], n: 3, max_tokens: 12 },
  'get-started: logit_bias': { messages: [user('Count from 1 to 5.')], logit_bias: { '300': -100, '301': 5 }, max_tokens: 20 },
  streaming: { messages: [user('Count from 1 to 12.')], stop: [' 9'] },
  'multi-round-chat': {
    messages: [user('Count from 1 to 3.'), { role: 'assistant', content: '1, 2, 3' }, user('Count from 4 to 9.')],
    max_tokens: 30,
  },
  'seed-to-reproduce': { messages: [user('Tell me a story about a fox.')], seed: 42, max_tokens: 40 },
  penalties: { messages: [user('Tell me a story about a fox.')], max_tokens: 40, frequency_penalty: 0.5, presence_penalty: 0.5 },
  repetition: { messages: [user('Count from 1 to 12.')], max_tokens: 30, repetition_penalty: 1.2 },
  ignore_eos: { messages: [user('What is 4 plus 5?')], max_tokens: 24, ignore_eos: true },
};

const TEXT: Readonly<Record<string, object>> = {
  'text-completion': { prompt: '1, 2, 3, 4, 5,', echo: false, n: 1, max_tokens: 16, logprobs: true, top_logprobs: 2 },
  'text-completion: echo': { prompt: 'The fox', echo: true, max_tokens: 12 },
};

/** That end by a stop string. */
const BY_STRING: readonly string[] = ['streaming'];

/** A grammar of JSON differs in the blanks that it allows; of web-llm's two examples, its engine answers this one. */
const JSON_SCHEMA = {
  messages: [user('How old is Tom?')],
  max_tokens: 60,
  response_format: {
    type: 'json_object',
    schema: '{"type":"object","properties":{"age":{"type":"integer","minimum":1}},"required":["age"],"additionalProperties":false}',
  },
};

function user(content: string) {
  return { role: 'user', content };
}

let browser: Browser;
let server: FaultyServer;
let page: Page;

beforeAll(async () => {
  server = await FaultyServer.start(await buildPackageApp());
  browser = await launch();
  page = await browser.newPage();
  await page.goto(server.url);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What an engine answers to every request, as a whole; as a stream too where that is asked for. */
type Answers = Record<
  string,
  { choices: unknown; usage: { completion_tokens: number; prompt_tokens: number; total_tokens: number }; streamed: string | null }
>;

/** What both engines have in common, whose requests are data here. */
interface Api {
  create(request: object): Promise<unknown>;
}
type Whole = Pick<Answers[string], 'choices' | 'usage'>;
interface Chunk {
  readonly choices: readonly { readonly delta?: { readonly content?: string }; readonly text?: string }[];
}

function answersOf(kind: 'webllm' | 'foretoken', options: object, streams = false): Promise<Answers> {
  return page.evaluate(
    async ({ kind, options, streams, chat, text }) => {
      const record = {
        model: `${location.origin}/models/target`,
        model_id: 'embedded-record',
        model_lib: `${location.origin}/models/libraries/target.wasm`,
      };
      const config = { appConfig: { model_list: [record] }, backend: 'webgpu', ...options };
      const create = kind === 'webllm' ? app.webllm.CreateMLCEngine : app.foretoken.CreateSpeculativeEngine;
      const engine = await create('embedded-record', config as never);
      const answers: Answers = {};
      const complete = async (api: Api, name: string, request: object) => {
        const whole = (await api.create({ ...request, temperature: 0 })) as Whole;
        const pieces: string[] = [];
        if (streams && !('n' in request && (request.n as number) > 1)) {
          for await (const { choices } of (await api.create({ ...request, temperature: 0, stream: true })) as AsyncIterable<Chunk>) {
            pieces.push(choices[0]?.delta?.content ?? choices[0]?.text ?? '');
          }
        }
        answers[name] = { ...whole, streamed: pieces.length > 0 ? pieces.join('') : null };
      };
      for (const [name, request] of Object.entries(chat)) await complete(engine.chat.completions as unknown as Api, name, request);
      for (const [name, request] of Object.entries(text)) await complete(engine.completions as unknown as Api, name, request);
      await engine.unload();
      return answers;
    },
    { kind, options, streams, chat: CHAT, text: TEXT },
  );
}

interface Choice {
  readonly finish_reason: string;
  readonly message?: { readonly content: string };
  readonly text?: string;
  readonly logprobs: { readonly content: readonly { readonly token: string }[] } | null;
}

/** What both engines must agree on, by the name of the request. web-llm counts the stop token that ends an answer, and the prompt again for each answer. */
function compared(answers: Answers, countsMore: boolean) {
  return Object.fromEntries(
    Object.entries(answers).map(([name, { choices, usage }]) => {
      const all = choices as Choice[];
      const counted = ({ finish_reason: finish }: Choice) => (countsMore && finish === 'stop' && !BY_STRING.includes(name) ? 1 : 0);
      return [
        name,
        {
          prompt: usage.prompt_tokens / (countsMore ? all.length : 1),
          completion: usage.completion_tokens - all.reduce((sum, choice) => sum + counted(choice), 0),
          choices: all.map((choice) => ({
            ...{ finish: choice.finish_reason, text: choice.message?.content ?? choice.text },
            tokens: choice.logprobs?.content.slice(0, choice.logprobs.content.length - counted(choice)).map(({ token }) => token) ?? null,
          })),
        },
      ];
    }),
  );
}

describe('web-llm’s own requests at temperature 0', { timeout: 600_000 }, () => {
  it('have the same answers and usage from web-llm’s engine and from ours, with drafts and without', async () => {
    const stock = compared(await answersOf('webllm', {}), true);
    for (const options of [{}, { draftModel: '/models/manifest.json#draft' }, { method: 'ngram' }]) {
      const streams = 'draftModel' in options;
      const answers = await answersOf('foretoken', options, streams);
      expect(compared(answers, false), JSON.stringify(options)).toEqual(stock);
      if (!streams) continue;
      for (const [name, { streamed, choices }] of Object.entries(answers)) {
        const [only, ...others] = choices as Choice[];
        expect(streamed, name).toBe(others.length > 0 ? null : (only?.message?.content ?? only?.text));
      }
    }
  });

  it('that ask for JSON of a schema have answers of that schema from both', async () => {
    const texts = await page.evaluate(async (request) => {
      const record = {
        model: `${location.origin}/models/target`,
        model_id: 'embedded-record',
        model_lib: `${location.origin}/models/libraries/target.wasm`,
      };
      const given: string[] = [];
      for (const create of [app.webllm.CreateMLCEngine, app.foretoken.CreateSpeculativeEngine]) {
        const engine = await create('embedded-record', { appConfig: { model_list: [record] }, backend: 'webgpu' } as never);
        const answer = await (
          engine.chat.completions as unknown as { create(asked: object): Promise<{ choices: { message: { content: string } }[] }> }
        ).create({
          ...request,
          temperature: 0,
        });
        given.push(answer.choices[0]?.message.content ?? '');
        await engine.unload();
      }
      return given;
    }, JSON_SCHEMA);
    for (const text of texts) expect(JSON.parse(text)).toEqual({ age: expect.any(Number) });
  });
});

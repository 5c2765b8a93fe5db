import path from 'node:path';
import type OpenAI from 'openai';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Visit as Open, Visit } from './support/page';
import { servedBuild } from './support/served';

declare global {
  /** The npm client, as the tests bring it into a page. */
  var OpenAIClient: typeof OpenAI;
}

const PROMPT = 'Count from 1 to 12.';
const served = servedBuild();
let visit: Open;
let client: string;

beforeAll(async () => {
  client = await bundledClient();
  visit = await Visit.open(served.browser, served.server.url, true);
  await visit.page.getByRole('button', { name: 'Offline: ready', exact: true }).waitFor({ timeout: 60_000 });
  await visit.page.addScriptTag({ content: client }).catch(() => visit.page.evaluate(client));
  return () => visit.close();
});

/** The `openai` package as a script that puts its client onto the page's global object. */
async function bundledClient(): Promise<string> {
  const entry = path.join(import.meta.dirname, 'support/openaiClient.ts');
  const [made] = [
    await build({
      ...{ configFile: false, logLevel: 'warn' },
      build: { write: false, lib: { entry, formats: ['iife'], name: 'unused' } },
    }),
  ].flat();
  if (!made || !('output' in made)) throw new Error('the client was not built');
  return made.output[0].code;
}

/** What a client of the page's own origin gets for `body`, which is not streamed. */
function complete(page: Open, body: Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model'> & { model?: string }) {
  return page.page.evaluate(async (asked) => {
    const openai = new OpenAIClient({ apiKey: 'none', baseURL: `${location.origin}/v1`, dangerouslyAllowBrowser: true, maxRetries: 0 });
    return openai.chat.completions.create({ model: 'target', ...asked }).catch(({ status, error }) => ({ failed: { status, error } }));
  }, body) as Promise<OpenAI.ChatCompletion & { failed?: { status: number; error: { code: string; param: string; message: string } } }>;
}

const ask = (content: string) => [{ role: 'user' as const, content }];

describe('an unmodified openai client on a page of the site', () => {
  it('lists the models', async () => {
    const models = await visit.page.evaluate(async () => {
      const openai = new OpenAIClient({ apiKey: 'none', baseURL: `${location.origin}/v1`, dangerouslyAllowBrowser: true });
      const { data } = await openai.models.list();
      return [data, await openai.models.retrieve('target')];
    });
    const target = { id: 'target', object: 'model', created: 0, owned_by: 'foretoken', max_model_len: 1024 };
    expect(models).toEqual([[target], target]);
  });

  it('gets the text of the page’s own run, whole and in chunks, with drafts and without', async () => {
    const shown = (await visit.run(PROMPT)).filter(({ verdict }) => verdict !== 'rejected' && verdict !== 'discarded');
    const text = shown.map((token) => token.text).join('');
    const answer = await complete(visit, { messages: ask(PROMPT), temperature: 0 });
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant', content: text } });
    const { usage } = answer as { usage?: { extra?: { num_accepted_tokens: number; rounds: number }; completion_tokens: number } };
    expect(usage?.extra?.num_accepted_tokens).toBeGreaterThan(0);
    const plain = await complete(visit, { messages: ask(PROMPT), temperature: 0, ...{ speculative: false } });
    expect(plain.choices[0]?.message.content).toBe(text);
    expect((plain as unknown as typeof answer & { usage: { extra: object } }).usage.extra).toMatchObject({ num_draft_tokens: 0 });
    const pieces = await visit.page.evaluate(async (content) => {
      const openai = new OpenAIClient({ apiKey: 'none', baseURL: `${location.origin}/v1`, dangerouslyAllowBrowser: true });
      const stream = await openai.chat.completions.create({
        ...{ model: 'target', temperature: 0, stream: true, messages: [{ role: 'user', content }] },
      });
      const received: string[] = [];
      for await (const chunk of stream) received.push(chunk.choices[0]?.delta.content ?? '');
      return received;
    }, PROMPT);
    expect(pieces.join('')).toBe(text);
    expect(pieces.length).toBeGreaterThan(4);
  });

  it('completes a text, whole and in chunks', async () => {
    const [whole, pieces] = await visit.page.evaluate(async () => {
      const openai = new OpenAIClient({ apiKey: 'none', baseURL: `${location.origin}/v1`, dangerouslyAllowBrowser: true });
      const asked = { model: 'target', prompt: '1, 2, 3,', temperature: 0, max_tokens: 8, logprobs: 1 };
      const received: OpenAI.Completion[] = [];
      for await (const chunk of await openai.completions.create({ ...asked, stream: true })) received.push(chunk);
      return [await openai.completions.create(asked), received] as const;
    });
    const [choice] = whole.choices;
    expect(whole.object).toBe('text_completion');
    expect(choice?.text).toBe(choice?.logprobs?.tokens?.join(''));
    expect(pieces.map(({ choices: [piece] }) => piece?.text).join('')).toBe(choice?.text);
    expect(pieces.at(-1)?.choices[0]?.finish_reason).toBe('length');
  });

  it('is told what there is where it asks for something else', async () => {
    const answers = await visit.page.evaluate(async () => {
      const paths = ['v1/embeddings', '/v1/audio/speech', 'v1/models/other'];
      return Promise.all(
        paths.map(async (path) => {
          const response = await fetch(path);
          return [response.status, (await response.json()).error.code];
        }),
      );
    });
    expect(answers).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
      [404, 'model_not_found'],
    ]);
  });

  it('is told what is refused by the name of the field, and the next request works', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'f' } }];
    const { failed } = await complete(visit, { messages: ask(PROMPT), tools });
    expect(failed).toMatchObject({ status: 400, error: { param: 'tools', code: 'unsupported_parameter' } });
    const missing = await complete(visit, { messages: ask(PROMPT), model: 'gpt-4o' });
    expect(missing.failed).toMatchObject({ status: 404, error: { code: 'model_not_found' } });
    const long = await complete(visit, { messages: ask('word '.repeat(4000)) });
    expect(long.failed).toMatchObject({ status: 400, error: { code: 'context_length_exceeded' } });
    const answer = await complete(visit, { messages: ask(PROMPT), temperature: 0, max_tokens: 4 });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.completion_tokens).toBe(4);
  });

  it('is served while other requests wait, each with its own answer, and one that is given up frees the models', async () => {
    const prompts = ['Count from 1 to 5.', 'Count from 3 to 9.', 'What is 4 plus 5?'];
    const alone: string[] = [];
    for (const prompt of prompts)
      alone.push((await complete(visit, { messages: ask(prompt), temperature: 0 })).choices[0]?.message.content ?? '');
    const [given, ...together] = await Promise.all([
      visit.page.evaluate(async (content) => {
        const openai = new OpenAIClient({ apiKey: 'none', baseURL: `${location.origin}/v1`, dangerouslyAllowBrowser: true });
        const stream = await openai.chat.completions.create({
          ...{ model: 'target', temperature: 0, stream: true, messages: [{ role: 'user', content }] },
        });
        let chunks = 0;
        for await (const _ of stream) if (++chunks === 3) break;
        return chunks;
      }, 'Count from 1 to 120.'),
      ...prompts.map((prompt) => complete(visit, { messages: ask(prompt), temperature: 0 })),
    ]);
    expect(given).toBe(3);
    expect(together.map(({ choices }) => choices[0]?.message.content)).toEqual(alone);
    await visit.runButton.click({ trial: true });
  });

  it('is seen on the page, where a person can stop it', async () => {
    const asked = complete(visit, { messages: ask('Count from 1 to 120.'), temperature: 0 });
    await visit.page.getByRole('status').filter({ hasText: 'Another page of this site is asking the models.' }).waitFor();
    await visit.stopButton.click();
    expect((await asked).choices[0]?.finish_reason).toBe('abort');
  });

  it('may leave before its answer, which is not streamed, and the models are free', async () => {
    const heard = await visit.page.evaluate(async (content) => {
      const { promise: given, resolve } = Promise.withResolvers<string>();
      navigator.serviceWorker.addEventListener('message', ({ data, ports: [port] }) => {
        if (data.type === 'serve') port?.addEventListener('message', (event) => resolve(event.data.type));
      });
      const leaving = new AbortController();
      const body = JSON.stringify({ messages: [{ role: 'user', content }], temperature: 0 });
      const asked = fetch('v1/chat/completions', { method: 'POST', body, signal: leaving.signal }).catch(() => undefined);
      setTimeout(() => leaving.abort(), 300);
      await asked;
      return given;
    }, 'Count from 1 to 120.');
    expect(heard).toBe('stop');
    const answer = await complete(visit, { messages: ask(PROMPT), temperature: 0, max_tokens: 3 });
    expect(answer.usage?.completion_tokens).toBe(3);
  });

  it('is not served where another site navigates there', async () => {
    const other = await visit.alsoOpen(`${served.server.url}embed.html`);
    const response = await other.page.goto(`${served.server.url}v1/models`);
    expect(response?.status()).toBe(404);
    await other.page.close();
  });

  it('works on another page of the site, and says so where no page with an engine is open', async () => {
    const other = await visit.alsoOpen(`${served.server.url}embed.html`);
    await other.page.evaluate(client);
    const answer = await complete(other, { messages: ask(PROMPT), temperature: 0, max_tokens: 5 });
    expect(answer.usage?.completion_tokens).toBe(5);
    await visit.page.close();
    const { failed } = await complete(other, { messages: ask(PROMPT) });
    expect(failed).toMatchObject({ status: 503, error: { code: 'no_engine' } });
    expect(other.uncaught).toEqual([]);
  });

  it('is told that the page was closed during its answer', async () => {
    const [serving, asking] = [await visit.alsoOpen(served.server.url), await visit.alsoOpen(`${served.server.url}embed.html`)];
    await asking.page.evaluate(client);
    await complete(asking, { messages: ask(PROMPT), temperature: 0, max_tokens: 1 });
    const asked = complete(asking, { messages: ask('Count from 1 to 120.'), temperature: 0 });
    await serving.page.getByRole('status').filter({ hasText: 'Another page of this site is asking the models.' }).waitFor();
    await serving.page.close();
    expect((await asked).failed).toMatchObject({ status: 503, error: { code: 'page_closed' } });
  });
});

import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { ApiMetrics } from '../../../src/api/metrics';
import { foretokenFetch, SpeculativeEngine } from '../../../src/package';
import { all, ask, embeddedEngine } from './support';

const here = embeddedEngine({ draftModel: 'draft' });
const client = (engine: Parameters<typeof foretokenFetch>[0] = here.engine) =>
  new OpenAI({ apiKey: 'none', baseURL: 'http://foretoken.invalid/v1', fetch: foretokenFetch(engine), maxRetries: 0 });

/** The same, with its runs counted. */
function watched() {
  const metrics = new ApiMetrics('embedded');
  const api = metrics.watch(here.engine.api);
  const count = (name: string) => Number(new RegExp(`^vllm:${name}\\} (.*)$`, 'm').exec(metrics.text())?.[1]);
  return {
    client: client({ api }),
    fetch: foretokenFetch({ api }),
    ends: () => ({
      running: count('num_requests_running{model_name="embedded"'),
      aborted: count('request_success_total{model_name="embedded",finished_reason="abort"'),
    }),
  };
}
/** An answer that takes a while. */
const LONG = ask('Count from 1 to 120.');

describe('an unmodified openai client with the engine’s fetch', () => {
  it('lists the model', async () => {
    expect((await client().models.list()).data.map(({ id }) => id)).toEqual(['embedded']);
  });

  it('gets the engine’s text, whole and in chunks, with its usage', async () => {
    const request = { model: 'embedded', messages: ask(), temperature: 0 };
    const own = await here.engine.chat.completions.create(request);
    const answer = await client().chat.completions.create(request);
    expect(answer.choices).toEqual(own.choices);
    expect(answer.usage).toMatchObject({ completion_tokens: own.usage.completion_tokens, extra: { num_drafts: expect.any(Number) } });
    const chunks = await all(await client().chat.completions.create({ ...request, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(own.choices[0]?.message.content);
    const text = await client().completions.create({ model: 'embedded', prompt: '1, 2, 3,', max_tokens: 4, temperature: 0 });
    expect(text.choices[0]).toMatchObject({ finish_reason: 'length' });
  });

  it('is told what is wrong as by a server, and the next request works', async () => {
    const wrong = client().chat.completions.create({ model: 'embedded', messages: ask(), temperature: 9 });
    await expect(wrong).rejects.toMatchObject({ status: 400, param: 'temperature' });
    await expect(client().models.retrieve('gpt')).rejects.toMatchObject({ status: 404 });
    const elsewhere = await foretokenFetch(here.engine)('http://foretoken.invalid/else');
    expect(elsewhere.status).toBe(404);
    const answer = await client().chat.completions.create({ model: 'embedded', messages: ask(), max_tokens: 1 });
    expect(answer.usage?.completion_tokens).toBe(1);
    await expect(client(new SpeculativeEngine()).models.list()).rejects.toMatchObject({ status: 503, code: 'not_loaded' });
  });

  it('may leave before its answer and in the middle of a stream, which ends the run', async () => {
    const { client, ends } = watched();
    const leaving = new AbortController();
    const whole = client.chat.completions.create({ model: 'embedded', messages: LONG }, { signal: leaving.signal });
    setTimeout(() => leaving.abort(), 100);
    await expect(whole).rejects.toThrow(OpenAI.APIUserAbortError);
    await expect.poll(ends).toEqual({ running: 0, aborted: 1 });
    for await (const _ of await client.chat.completions.create({ model: 'embedded', messages: LONG, stream: true })) break;
    await expect.poll(ends).toEqual({ running: 0, aborted: 2 });
    const stream = await client.chat.completions.create({ model: 'embedded', messages: LONG, stream: true });
    let chunks = 0;
    for await (const _ of stream) if (++chunks === 3) stream.controller.abort();
    expect(chunks).toBe(3);
    await expect.poll(ends).toEqual({ running: 0, aborted: 3 });
    const before = new AbortController();
    before.abort();
    const never = foretokenFetch(here.engine)('http://foretoken.invalid/v1/models', { signal: before.signal });
    await expect(never).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails at once where it aborts between two reads, or while it reads', async () => {
    const { fetch, ends } = watched();
    const body = JSON.stringify({ messages: LONG, stream: true });
    for (const [index, readsOn] of [false, true].entries()) {
      const leaving = new AbortController();
      const answer = await fetch('http://foretoken.invalid/v1/chat/completions', { method: 'POST', body, signal: leaving.signal });
      const reader = answer.body?.getReader();
      await reader?.read();
      const reading = Promise.allSettled(readsOn ? [reader?.read(), reader?.read()] : []);
      leaving.abort();
      await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' });
      expect((await reading).at(-1)?.status).toBe(readsOn ? 'rejected' : undefined);
      // Nobody reads on: the run has ended by itself.
      await expect.poll(ends).toEqual({ running: 0, aborted: index + 1 });
    }
  });
});

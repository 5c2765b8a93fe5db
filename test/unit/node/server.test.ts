import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ApiEngine } from '../../../src/api/apiEngine';
import { ApiMetrics } from '../../../src/api/metrics';
import { send } from '../../../src/node/server/send';
import type { ServedPair } from '../../../src/node/server/servedPair';
import { cpuPair, type ServedHere, serveHere } from '../../support/servedHere';

let api: ServedPair;
let folder: string;
let served: ServedHere;

beforeAll(async () => {
  ({ api, folder } = await cpuPair());
});
afterAll(() => fs.rmSync(folder, { recursive: true }));
afterEach(() => served?.server.close(0));

const CHAT = { messages: [{ role: 'user' as const, content: 'Count from 1 to 12.' }], temperature: 0, max_tokens: 12 };
const ask = (body: unknown, init: RequestInit = {}) =>
  fetch(`${served.address}/v1/chat/completions`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init });
const codeOf = async (response: Response) => [response.status, (await response.json()).error.code];
const client = () => new OpenAI({ baseURL: `${served.address}/v1`, apiKey: 'none', maxRetries: 0 });
/** An answer that takes a while. */
const LONG = { ...CHAT, max_tokens: 400, ignore_eos: true };

/** What the server says to bytes that are sent as they are, until it closes the connection. */
async function sendRaw(...pieces: (string | Buffer)[]): Promise<string> {
  const socket = net.connect(Number(new URL(served.address).port), '127.0.0.1');
  for (const piece of pieces) socket.write(piece);
  return readAll(socket);
}

describe('the server', () => {
  it('answers the openai client, whole and in chunks, with the same text', async () => {
    served = await serveHere(api);
    const whole = await client().chat.completions.create({ model: 'target', ...CHAT });
    const chunks = [];
    for await (const chunk of await client().chat.completions.create({ model: 'target', stream: true, ...CHAT })) chunks.push(chunk);
    expect(whole.choices[0]?.message.content).toMatch(/^1, 2, 3/);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content);
    expect((await client().models.list()).data.map(({ id }) => id)).toEqual(expect.arrayContaining(['target']));
  });

  it('answers requests in the order in which they came, and refuses what is more than may wait', async () => {
    served = await serveHere(api);
    const order: number[] = [];
    const asked = Array.from({ length: 8 }, async (_, index) => {
      const response = await ask({ ...CHAT, max_tokens: 3 + index });
      const body = await response.json();
      if (response.status === 200) order.push(index);
      return [response.status, body.usage?.completion_tokens ?? body.error.code];
    });
    const answers = await Promise.all(asked);
    const taken = answers.flatMap(([status], index) => (status === 200 ? [index] : []));
    expect(taken.length).toBeGreaterThanOrEqual(5);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    for (const index of taken) expect(answers[index]).toEqual([200, 3 + index]);
    for (const answer of answers.filter(([status]) => status !== 200)) expect(answer).toEqual([429, 'too_many_requests']);
  });

  it('tells its health and its metrics', async () => {
    let isReady = false;
    served = await serveHere(api, { isReady: () => isReady });
    expect((await fetch(`${served.address}/health`)).status).toBe(503);
    isReady = true;
    expect(await (await fetch(`${served.address}/health`)).json()).toEqual({ status: 'ok' });
    const metrics = await fetch(`${served.address}/metrics`);
    expect([metrics.headers.get('content-type'), await metrics.text()]).toEqual(['text/plain; version=0.0.4; charset=utf-8', 'a 1\n']);
  });

  it.each([
    ['an unknown path', '/v1/nothing', 'POST', [404, 'not_found']],
    ['nothing at all', '/', 'GET', [404, 'not_found']],
    ['another method', '/v1/chat/completions', 'GET', [405, 'method_not_allowed']],
    ['another method of the models', '/v1/models', 'DELETE', [405, 'method_not_allowed']],
    ['another method of its health', '/health', 'POST', [405, 'method_not_allowed']],
  ])('refuses %s', async (_, at, method, expected) => {
    served = await serveHere(api);
    expect(await codeOf(await fetch(`${served.address}${at}`, { method }))).toEqual(expected);
  });

  it.each([
    ['no JSON', '{"messages":', [400, 'invalid_json']],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), [400, 'invalid_json']],
    ['a field of a wrong type', JSON.stringify({ ...CHAT, temperature: 'hot' }), [400, 'invalid_value']],
    ['an unknown model', JSON.stringify({ ...CHAT, model: 'other' }), [404, 'model_not_found']],
    [
      'more than the context',
      JSON.stringify({ messages: [{ role: 'user', content: 'word '.repeat(1800) }] }),
      [400, 'context_length_exceeded'],
    ],
    ['more than a body may hold', 'x'.repeat(10_001), [413, 'request_too_large']],
    ['ten megabytes', 'x'.repeat(10_000_000), [413, 'request_too_large']],
  ])('refuses a body with %s, and answers the next request', async (_, body, expected) => {
    served = await serveHere(api);
    expect(await codeOf(await ask('', { body }))).toEqual(expected);
    expect((await ask(CHAT)).status).toBe(200);
  });

  it('refuses a body without end before it has it, and one that is packed', async () => {
    served = await serveHere(api);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(4000)) });
    expect(await codeOf(await ask('', { body: endless, duplex: 'half' } as RequestInit))).toEqual([413, 'request_too_large']);
    const packed = { body: gzipSync(JSON.stringify(CHAT)), headers: { 'content-encoding': 'gzip' } };
    expect(await codeOf(await ask('', packed))).toEqual([415, 'unsupported_encoding']);
  });

  it('answers in words what is no request, or never becomes one', async () => {
    served = await serveHere(api, { limits: { headersMs: 500, requestMs: 500 } });
    expect(await sendRaw('hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*"invalid_request"/s);
    expect(await sendRaw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}`)).toMatch(/^HTTP\/1.1 431 .*"headers_too_large"/s);
    expect(await sendRaw('GET /health HTTP/1.1\r\nHost: localhost\r\nX: endless')).toMatch(/^HTTP\/1.1 408 .*"request_timeout"/s);
    const head = 'POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{';
    expect(await sendRaw(head)).toMatch(/^HTTP\/1.1 408 .*"request_timeout"/s);
    expect((await ask(CHAT)).status).toBe(200);
  });

  it('asks for its key, and lets pages of named origins ask', async () => {
    served = await serveHere(api, { access: { key: 'secret', origins: ['https://app.example'] } });
    expect(await codeOf(await ask(CHAT))).toEqual([401, 'invalid_api_key']);
    expect((await ask(CHAT, { headers: { authorization: 'Bearer secret', origin: 'https://app.example' } })).status).toBe(200);
    expect((await fetch(`${served.address}/metrics`)).status).toBe(401);
    expect((await fetch(`${served.address}/health`)).status).toBe(200);
    const preflight = await fetch(`${served.address}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://app.example']);
    expect(await codeOf(await ask(CHAT, { headers: { origin: 'https://evil.example' } }))).toEqual([403, 'origin_not_allowed']);
  });

  it('refuses a page that reaches it under a name of its own', async () => {
    served = await serveHere(api);
    const { port } = new URL(served.address);
    const request = http.get({ host: '127.0.0.1', port, path: '/v1/models', headers: { host: `evil.example:${port}` } });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect([response.statusCode, JSON.parse(await readAll(response)).error.code]).toEqual([403, 'host_not_allowed']);
  });

  it('frees the place of a client that goes away', async () => {
    const metrics = new ApiMetrics('target');
    const aborted = () => Number(/finished_reason="abort"} (\d+)/.exec(metrics.text())?.[1]);
    served = await serveHere(metrics.watch(api));
    const leaving = new AbortController();
    const long = await ask({ ...LONG, stream: true }, { signal: leaving.signal });
    await long.body?.getReader().read();
    const waiting = ask({ ...LONG }, { signal: leaving.signal }).catch(() => 'gone');
    await expect.poll(() => served.server.answering).toBe(2);
    const next = ask(CHAT);
    leaving.abort();
    expect(await waiting).toBe('gone');
    const answered = await (await next).json();
    expect(answered.choices[0].message.content).toMatch(/^1, 2, 3/);
    // Neither was written to its end.
    expect(aborted()).toBe(2);
    const socket = net.connect(Number(new URL(served.address).port), '127.0.0.1');
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    await expect.poll(() => served.server.answering).toBe(1);
    socket.destroy();
    await expect.poll(() => served.server.answering).toBe(0);
    expect(served.lines).toEqual([]);
  });

  it('frees the places of a client that asked several times on one connection and goes away', async () => {
    const metrics = new ApiMetrics('target');
    served = await serveHere(metrics.watch(api));
    const socket = net.connect(Number(new URL(served.address).port), '127.0.0.1');
    const body = JSON.stringify({ ...LONG, stream: true });
    const request = `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    socket.write(request.repeat(3));
    await once(socket, 'data');
    expect(served.server.answering).toBe(3);
    socket.destroy();
    await expect.poll(() => served.server.answering).toBe(0);
    await expect.poll(() => metrics.text()).toMatch(/finished_reason="abort"} 3\n/);
  });

  it('frees the place of a stream whose first token comes after its time', async () => {
    let [open, ended] = [0, 0];
    const late: ApiEngine = {
      ...{ models: () => api.models(), defaults: () => api.defaults(), now: () => api.now(), randomId: () => api.randomId() },
      async *run(input, settings, signal) {
        open++;
        try {
          if (!signal.aborted) await once(signal, 'abort');
          // As a run whose first round is done when its time is up.
          yield* api.run(input, settings, new AbortController().signal);
        } finally {
          ended++;
        }
      },
    };
    served = await serveHere(late, { limits: { answerMs: 50 } });
    expect(await codeOf(await ask({ ...CHAT, stream: true }))).toEqual([504, 'timeout']);
    expect(open).toBe(1);
    await expect.poll(() => ended).toBe(1);
  });

  it('says so where an answer takes too long', async () => {
    served = await serveHere(api, { limits: { answerMs: 50 } });
    expect(await codeOf(await ask(LONG))).toEqual([504, 'timeout']);
    served.server.close(0);
    served = await serveHere(api);
    expect((await ask(CHAT)).status).toBe(200);
  });

  it('finishes what runs and waits before it ends, and takes nothing more', async () => {
    served = await serveHere(api);
    // Long enough to be met while they run.
    const request = { ...LONG, max_tokens: 300 };
    const answers = Promise.all([ask({ ...request, stream: true }), ask(request)]);
    await expect.poll(() => served.server.answering, { interval: 1 }).toBe(2);
    const closed = served.server.close(20_000);
    const [streamed, whole] = await answers;
    expect(await streamed.text()).toMatch(/\[DONE\]\n\n$/);
    expect((await whole.json()).usage.completion_tokens).toBe(300);
    await closed;
    await expect(ask(CHAT)).rejects.toThrow();
  });

  it('ends what still runs when its time is up', async () => {
    served = await serveHere(api);
    const [streamed, waiting] = [await ask({ ...LONG, stream: true }), ask(LONG)];
    await expect.poll(() => served.server.answering).toBe(2);
    await served.server.close(10);
    expect(await streamed.text()).toMatch(/"finish_reason":"abort".*\[DONE\]\n\n$/s);
    expect(await codeOf(await waiting)).toEqual([503, 'shutting_down']);
  });

  it('says why it cannot listen', async () => {
    served = await serveHere(api);
    const { port } = new URL(served.address);
    const taken = serveHere(api, {}, Number(port));
    await expect(taken).rejects.toMatchObject({
      failure: { code: 'port-unavailable', message: expect.stringContaining('another program') },
    });
    const elsewhere = serveHere(api, { access: { host: '203.0.113.1' } });
    await expect(elsewhere).rejects.toMatchObject({
      failure: { code: 'port-unavailable', message: expect.stringContaining('no address') },
    });
  });
});

describe('an answer that nobody reads', () => {
  it('is not made further than the connection holds', async () => {
    let made = 0;
    async function* body() {
      for (; made < 4096; made++) yield 'x'.repeat(64 << 10);
    }
    const server = http.createServer(
      (_, response) => void send({ status: 200, type: 'text/event-stream', body: body() }, response, 60_000),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const socket = net.connect(port, '127.0.0.1').pause();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => made).toBeGreaterThan(0);
    const seen = [-1];
    const isAtRest = () => seen.at(-1) === seen[seen.push(made) - 1];
    await expect.poll(isAtRest, { interval: 300 }).toBe(true);
    expect(made).toBeLessThan(1024);
    socket.destroy();
    server.close();
  });
});

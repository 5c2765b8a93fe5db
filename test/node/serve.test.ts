import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputText } from '../../src/core/loop/text';
import { readTrace } from '../../src/formats/trace/trace';
import { writeGguf } from '../support/gguf/file';
import { smallModel } from '../support/gguf/model';
import { CACHE, Command, type RunningServer, run, startServer, WEBGPU } from './support/command';

const root = path.resolve(import.meta.dirname, '../..');
const PROMPT = 'Count from 1 to 12.';
const CHAT = { model: 'target', messages: [{ role: 'user' as const, content: PROMPT }], temperature: 0, max_tokens: 40 };
/** In each round, where else as many are drafted as should be fastest, which may be none. */
const DRAFTED = { num_speculative_tokens: 4 };
/** Of which no two draws are alike. */
const STORY = [{ role: 'user' as const, content: 'Tell me a story about a fox.' }];

describe('foretoken serve', () => {
  let server: RunningServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startServer(WEBGPU);
    client = new OpenAI({ baseURL: `${server.address}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => server?.command[Symbol.asyncDispose]());

  it('says what it serves, and where', () => {
    expect(server.command.stdout).toMatch(/^target {2}Target: llama, 6 layers, 5\.8 M parameters, context 1024$/m);
    expect(server.command.stdout).toMatch(/^draft {3}Good draft: llama, 2 layers, /m);
    expect(server.command.stdout).toMatch(WEBGPU === 'cpu' ? /^runs on CPU, /m : /^runs on google swiftshader/m);
    expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('writes what the page has recorded in a browser, token for token', async () => {
    const { events } = readTrace(fs.readFileSync(path.join(root, 'public/traces/counting.json'), 'utf8'));
    const [start] = events;
    if (start?.type !== 'start') throw new Error('the recording has no start');
    const answer = await client.chat.completions.create({
      ...CHAT,
      messages: [{ role: 'user', content: start.prompt }],
      max_tokens: start.settings.maxTokens,
      ...DRAFTED,
    });
    expect(answer.choices[0]?.message.content).toBe(outputText(events));
    expect(answer.usage?.completion_tokens_details?.accepted_prediction_tokens).toBeGreaterThan(0);
  });

  it('answers the openai client in chunks, with the usage at the end, and as curl asks', async () => {
    const chunks = [];
    const stream = await client.chat.completions.create({ ...CHAT, stream: true, stream_options: { include_usage: true } });
    for await (const chunk of stream) chunks.push(chunk);
    const whole = await client.chat.completions.create(CHAT);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
    const { stdout } = await promisify(execFile)('curl', ['-sS', `${server.address}/v1/chat/completions`, '-d', JSON.stringify(CHAT)]);
    expect(JSON.parse(stdout).choices[0].message.content).toBe(whole.choices[0]?.message.content);
  });

  it('repeats a draw by its seed, with the probabilities of its tokens', async () => {
    const draw = async (seed: number) =>
      (
        await client.chat.completions.create({
          ...CHAT,
          ...DRAFTED,
          messages: STORY,
          temperature: 1.2,
          seed,
          logprobs: true,
          top_logprobs: 2,
        })
      ).choices[0];
    const [one, again, other] = [await draw(1), await draw(1), await draw(2)];
    expect(again).toEqual(one);
    expect(other?.message.content).not.toBe(one?.message.content);
    expect(one?.logprobs?.content?.map(({ token }) => token).join('')).toBe(one?.message.content);
  });

  it('keeps to a response format', async () => {
    const schema = { type: 'object', properties: { animal: { enum: ['fox', 'cow'] } }, required: ['animal'], additionalProperties: false };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'animal', schema } };
    const { choices } = await client.chat.completions.create({ ...CHAT, messages: STORY, response_format });
    expect(['fox', 'cow']).toContain(JSON.parse(choices[0]?.message.content ?? '').animal);
  });

  it('completes a text as it stands', async () => {
    const completion = await client.completions.create({ model: 'target', prompt: '1, 2, 3, 4,', temperature: 0, max_tokens: 8 });
    expect(completion.choices[0]?.text).not.toBe('');
  });

  it('lists its model, tells its health, and counts for Prometheus', async () => {
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('target');
    expect(await (await fetch(`${server.address}/health`)).json()).toEqual({ status: 'ok' });
    const metrics = await (await fetch(`${server.address}/metrics`)).text();
    expect(Number(/^vllm:spec_decode_num_accepted_tokens_total(?:{.*})? (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0);
  });

  it('is free for the next client within a round when one goes away', async () => {
    const counted = async (name: string) =>
      Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await fetch(`${server.address}/metrics`)).text())?.[1]);
    const aborted = () => counted('vllm:request_success_total{model_name="target",finished_reason="abort"}');
    const written = () => counted('vllm:generation_tokens_total{model_name="target"}');
    const [abortedBefore, writtenBefore] = [await aborted(), await written()];
    const leaving = new AbortController();
    const long = { ...CHAT, max_tokens: 900, ignore_eos: true, stream: true as const };
    const stream = await client.chat.completions.create(long, { signal: leaving.signal });
    await stream[Symbol.asyncIterator]().next();
    const next = client.chat.completions.create({ ...CHAT, max_tokens: 1 });
    leaving.abort();
    expect((await next).usage?.completion_tokens).toBe(1);
    expect(await aborted()).toBe(abortedBefore + 1);
    expect((await written()) - writtenBefore).toBeLessThan(900);
  });

  it('answers nothing to another site’s page', async () => {
    const response = await fetch(`${server.address}/v1/models`, { headers: { origin: 'https://evil.example' } });
    expect([response.status, (await response.json()).error.code]).toEqual([403, 'origin_not_allowed']);
  });
});

it('computes with two threads where there are two cores, or with the threads that --threads names, and says so', async () => {
  const answers: (string | null | undefined)[] = [];
  for (const [args, runsOn] of [
    [[], os.availableParallelism() > 1 ? /^runs on CPU, WebAssembly, 2 threads$/m : /^runs on CPU, WebAssembly$/m],
    [['--threads', '1'], /^runs on CPU, WebAssembly$/m],
    [['--threads', '3'], /^runs on CPU, WebAssembly, 3 threads$/m],
  ] as const) {
    await using server = new Command(['serve', '--device', 'cpu', '--port', '0', ...args]);
    const [, address] = await server.printed(/Foretoken is at (\S+)/);
    expect(server.stdout).toMatch(runsOn);
    const { choices } = await new OpenAI({ baseURL: `${address}/v1`, apiKey: 'none', maxRetries: 0 }).chat.completions.create(CHAT);
    answers.push(choices[0]?.message.content);
  }
  expect(answers[0]).toMatch(/^1, 2, 3/);
  expect(answers).toEqual(answers.map(() => answers[0]));
});

describe('foretoken serve is ended', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s when what runs is answered', async (signal) => {
    const { command, address } = await startServer();
    const response = await fetch(`${address}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ ...CHAT, stream: true }) });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? '';
    command.process.kill(signal);
    for (let piece = await reader?.read(); !piece?.done; piece = await reader?.read()) text += piece?.value ?? '';
    expect(text).toMatch(/"finish_reason":"(stop|length)".*\[DONE\]\n\n$/s);
    expect((await command.ended()).code).toBe(0);
    await expect(fetch(`${address}/health`)).rejects.toThrow();
  });

  it('at once by a second signal', async () => {
    const { command, address } = await startServer();
    const body = JSON.stringify({ ...CHAT, max_tokens: 900, ignore_eos: true, stream: true });
    const response = await fetch(`${address}/v1/chat/completions`, { method: 'POST', body });
    await response.body?.getReader().read();
    command.process.kill('SIGTERM');
    await command.printed(/Ending/);
    // One that comes at once counts as the same.
    const again = setInterval(() => command.process.kill('SIGTERM'), 100);
    const { code } = await command.ended().finally(() => clearInterval(again));
    expect(code).toBe(143);
  });
});

describe('foretoken serve fails in words', () => {
  it('with its usage and 2 where a model is missing or unknown', async () => {
    for (const [args, said] of [
      [['--target', 'nothing'], 'There is no model "nothing".'],
      [['--target', 'missing/folder'], 'There is no file or folder missing/folder.'],
      [['--target', 'missing.gguf'], 'There is no file missing.gguf.'],
      [['--target'], "Option '--target <value>' argument missing"],
      [['--draft', 'nothing'], 'There is no model "nothing".'],
      [['--draft', 'none', '--method', 'ngram'], '--method ngram needs drafts'],
      [['--timeout', '0'], '--timeout is "0".'],
      [['--cors', 'foo'], '--cors is "foo".'],
      [['--prot', '1'], "Unknown option '--prot'"],
      [['prompt'], '"prompt" is no option of serve.'],
    ] as const) {
      const { code, stderr, stdout } = await run(['serve', '--device', 'cpu', '--port', '0', ...args]);
      expect([code, stdout], args.join(' ')).toEqual([2, '']);
      expect(stderr).toContain(said);
      expect(stderr).toContain('usage: foretoken serve');
    }
  });

  it('with 1 where its port is taken', async () => {
    const other = http.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await run(['serve', '--device', 'cpu', '--port', String(port)]);
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`cannot listen on 127.0.0.1:${port}: another program has it.`)]);
  });

  it('with 1 where a model cannot be loaded', async ({ skip }) => {
    skip(WEBGPU === 'cpu', 'needs WebGPU');
    const models = path.join(CACHE, 'damaged');
    fs.cpSync(path.join(root, 'public/models'), models, { recursive: true });
    const weights = path.join(models, 'target/resolve/main/params_shard_0.bin');
    const bytes = fs.readFileSync(weights);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    fs.writeFileSync(weights, bytes);
    const damaged = await run(['serve', '--device', WEBGPU, '--port', '0', '--target', models]);
    expect([damaged.code, damaged.stderr]).toEqual([
      1,
      expect.stringMatching(/A model file is damaged: .*params_shard_0\.bin.*\n {2}Put a good copy/),
    ]);
    fs.rmSync(weights);
    const missing = await run(['serve', '--device', WEBGPU, '--port', '0', '--target', models]);
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringMatching(/A model file is missing: .*params_shard_0\.bin\.\n {2}Put it where/),
    ]);
    const far = await run(['serve', '--device', 'cpu', '--port', '0', '--target', 'http://127.0.0.1:9/models/']);
    expect([far.code, far.stderr]).toEqual([1, expect.stringMatching(/could not be fetched/)]);
  });

  it('where there is no library of the shape of a GGUF file', async () => {
    const file = path.join(CACHE, 'own.gguf');
    fs.writeFileSync(file, writeGguf(smallModel('llama', { all: 'Q4_0' })));
    const { code, stderr } = await run(['serve', '--device', 'cpu', '--port', '0', '--target', file]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/there is no library for a llama model of 2 layers.*\n {2}Choose a file of one of these models: /),
    ]);
  });

  it.each([['serve'], ['generate']])('where a GGUF file is damaged, which %s says before what it would run on', async (command) => {
    const file = path.join(CACHE, 'damaged.gguf');
    fs.writeFileSync(file, writeGguf(smallModel('llama', { all: 'Q4_0' })).subarray(0, 3000));
    const { code, stderr } = await run([command, '--device', 'cpu', '--target', file, ...(command === 'generate' ? ['Why?'] : [])]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^foretoken: The GGUF file cannot be used: it ends at byte 3000, in the middle of [^\n]*\n {2}Download the file again, or choose another one\.\n$/,
    );
  });

  it.for([
    ['list', /manifest\.json$/],
    ['weights', /params_shard_0\.bin$/],
  ] as const)('while it waits for its %s, with nothing left behind, where it is ended by then', async ([, held], { skip }) => {
    skip(WEBGPU === 'cpu' && held.test('params_shard_0.bin'), 'needs WebGPU');
    let isHeld = () => {};
    const waits = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const other = http.createServer(({ url = '' }, response) => {
      const file = path.join(root, 'public', url);
      if (!fs.existsSync(file)) response.writeHead(404).end();
      else if (!held.test(url)) fs.createReadStream(file).pipe(response);
      else {
        response.write(fs.readFileSync(file).subarray(0, 100));
        isHeld();
      }
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const kept = path.join(CACHE, `ended-${port}`);
    const args = ['--device', WEBGPU, '--port', '0', '--cache', kept, '--target', `http://127.0.0.1:${port}/models/`];
    const command = new Command(['serve', ...args]);
    await waits;
    command.process.kill('SIGTERM');
    const { code, stderr } = await command.ended();
    expect([code, stderr]).toEqual([0, expect.stringContaining('Stopped before the models were loaded.')]);
    const left = fs.existsSync(kept) ? fs.readdirSync(kept, { recursive: true, encoding: 'utf8' }) : [];
    expect(left.filter((name) => /\.(part|lock)$/.test(name))).toEqual([]);
    other.closeAllConnections();
    other.close();
  });
});

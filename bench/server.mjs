/**
 * Measures `foretoken serve`: how long it takes from its start to the first token, what it answers in a second, and what HTTP and the API add to the
 * engine's own time.
 *
 *   npm run bench:server -- [--device software|cpu|auto] [--requests 20]
 *
 * Requests are streamed, one after the other. What is added is the client's time from sending to the end, less the engine's from the prompt to the last
 * token, for each chunk.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { ensurePackages } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { spread } from './statistics.mjs';

const ASKED = { model: 'target', messages: [{ role: 'user', content: 'Tell me a story about a fox.' }], temperature: 0, max_tokens: 48 };

await failClearly(async () => {
  const { values } = parseArgs({
    options: { device: { type: 'string', default: 'software' }, requests: { type: 'string', default: '20' } },
  });
  const requests = wholeNumber('requests', values.requests);
  ensurePackages();
  const { buildNode, COMMAND } = await import('../scripts/buildNode.mjs');
  await buildNode();
  const began = performance.now();
  const server = spawn(process.execPath, [COMMAND, 'serve', '--device', values.device, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const said = await readUntil(server.stdout, /Foretoken is at (\S+)/);
    const ready = performance.now() - began;
    const { default: OpenAI } = await import('openai');
    const client = new OpenAI({ baseURL: `${said[1]}/v1`, apiKey: 'none', maxRetries: 0 });
    const first = await ask(client);
    const firstToken = performance.now() - began - (first.wholeMs - first.firstMs);
    const answers = [];
    const asking = performance.now();
    for (let index = 0; index < requests; index++) answers.push(await ask(client));
    const perSecond = (requests * 1000) / (performance.now() - asking);
    const of = (name) => spread(answers.map((answer) => answer[name]));
    const told = { readyMs: ready, firstTokenAfterStartMs: firstToken, requestsPerSecond: perSecond };
    console.log(
      JSON.stringify(
        {
          cpu: os.cpus()[0]?.model.trim(),
          load: os.loadavg()[0],
          device: values.device,
          ...told,
          firstTokenMs: of('firstMs'),
          addedMsPerChunk: of('addedMs'),
        },
        null,
        2,
      ),
    );
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
});

/** One answer's times in milliseconds, as the client sees them. */
async function ask(client) {
  const sent = performance.now();
  let [firstMs, chunks, usage] = [null, 0, null];
  for await (const chunk of await client.chat.completions.create({ ...ASKED, stream: true, stream_options: { include_usage: true } })) {
    chunks++;
    if (chunk.choices[0]?.delta.content) firstMs ??= performance.now() - sent;
    usage = chunk.usage ?? usage;
  }
  const wholeMs = performance.now() - sent;
  const { time_to_first_token_s: untilFirst, time_per_output_token_s: perToken } = usage.extra;
  const engineMs = 1000 * (untilFirst + perToken * (usage.completion_tokens - 1));
  return { firstMs, wholeMs, addedMs: (wholeMs - engineMs) / chunks };
}

async function readUntil(stream, wanted) {
  let said = '';
  for (;;) {
    const [piece] = await Promise.race([once(stream, 'data'), once(stream, 'close').then(() => [null])]);
    if (piece === null) throw new Error('The server ended before it was ready.');
    said += piece;
    const found = wanted.exec(said);
    if (found) return found;
  }
}

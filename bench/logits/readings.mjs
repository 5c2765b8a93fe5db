/** What the page, numpy and llama.cpp compute from the same file: logits of prompts, [rows, vocabulary], and greedy texts. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/install.mjs';
import { ensureEnvironment } from '../../scripts/python.mjs';
import { startServer } from '../startServer.mjs';
import { floats } from './compare.mjs';

/**
 * @typedef {{ ids: number[], rows: 'last-row' | 'all-rows', tokens: number }} Asked which logits of a prompt, and how long a greedy text behind it
 * @typedef {{ logits: Float32Array, greedy: number[] }} Reading
 */

/** @param {string[]} args of training/reference.py @returns {string} what it prints */
export function numpy(...args) {
  const python = ensureEnvironment('.venv-reference', 'training/requirements-reference.txt')('python');
  return execFileSync(python, [path.join(root, 'training/reference.py'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
}

/** @param {string} file @param {Asked[]} prompts @param {number[]} stops @returns {(Reading & { gaps: number[] })[]} */
export function readByNumpy(file, prompts, stops) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'reference-'));
  try {
    const asked = path.join(folder, 'asked.json');
    fs.writeFileSync(asked, JSON.stringify({ prompts, stops }));
    numpy('logits', file, asked, folder);
    const texts = JSON.parse(fs.readFileSync(path.join(folder, 'texts.json'), 'utf8'));
    return texts.map((text, i) => ({ ...text, logits: floats(fs.readFileSync(path.join(folder, `${i}.bin`))) }));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** @param {(name: string, ...args: unknown[]) => Promise<any>} call of bench/logits/page.ts, with a model @param {Asked} prompt @returns {Promise<Reading>} */
export async function readByPage(call, { ids, rows, tokens }, stops) {
  const logits = floats(Buffer.from(await call('prefill', ids, rows), 'base64'));
  return { logits, greedy: tokens > 0 ? await call('greedy', ids, tokens, stops) : [] };
}

/** Has llama.cpp write `file` as `out`, in another type of ggml. @param {string} folder of its programs */
export function quantise(folder, file, out, type) {
  execFileSync(path.join(folder, 'llama-quantize'), ['--allow-requantize', file, out, type], { stdio: 'ignore' });
}

/** Keys and values are halves unless this is said. */
const EXACT = ['-fa', 'off', '-ctk', 'f32', '-ctv', 'f32'];

/** llama.cpp's server on `file`, with caches in float32. @param {string} folder of its programs */
export async function startLlama(folder, file) {
  const program = path.join(folder, 'llama-server');
  const args = (port) => ['-m', file, '--port', port, '-c', '2048', '-np', '1', ...EXACT];
  const { url, stop } = await startServer(program, args, 'ignore');
  const ask = async (name, body) => {
    const reply = await fetch(`${url}/${name}`, { method: 'POST', body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`llama-server says ${reply.status} to ${name}: ${await reply.text()}`);
    return reply.json();
  };
  return {
    /** The ids of a conversation's first question, by llama.cpp's own template and tokenizer. */
    async chat(question) {
      const { prompt } = await ask('apply-template', { messages: [{ role: 'user', content: question }] });
      return (await ask('tokenize', { content: prompt, parse_special: true })).tokens;
    },
    /** Log-probabilities in place of logits. @param {Asked} prompt @returns {Promise<Reading>} */
    async read({ ids, rows, tokens }, stops, vocabulary) {
      const logits = new Float32Array((rows === 'all-rows' ? ids.length : 1) * vocabulary).fill(Number.NaN);
      for (let row = 0; row * vocabulary < logits.length; row++) {
        const prompt = rows === 'all-rows' ? ids.slice(0, row + 1) : ids;
        const { completion_probabilities: told } = await ask('completion', { prompt, n_predict: 1, n_probs: vocabulary, temperature: 0 });
        for (const { id, logprob } of told[0].top_logprobs) logits[row * vocabulary + id] = logprob;
      }
      const more = { n_predict: tokens, n_probs: 1, temperature: 0, ignore_eos: false, return_tokens: true };
      const { tokens: written = [] } = tokens > 0 ? await ask('completion', { prompt: ids, ...more }) : {};
      const end = written.findIndex((id) => stops.includes(id));
      return { logits, greedy: end < 0 ? written : written.slice(0, end + 1) };
    },
    close: stop,
  };
}

/** The engines that ours is measured beside: wllama in the same page, and llama.cpp's server. Each writes exactly as many tokens as it is asked for, greedily. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { npm, root } from '../../scripts/install.mjs';
import { startServer } from '../startServer.mjs';

const WLLAMA = { name: '@wllama/wllama', version: '3.13.0' };
/** top_k 1: their other samplers then see one token. */
const GREEDY = { temperature: 0, top_k: 1, ignore_eos: true, cache_prompt: false };

/**
 * The folder of wllama's package and its version; npm installs it into build/ where none is named.
 *
 * @param {string | undefined} named
 * @throws Error where the folder is not that of the package
 */
export function findWllama(named) {
  const home = path.join(root, 'build/wllama');
  const folder = named ?? path.join(home, 'node_modules', WLLAMA.name);
  if (!named && versionOf(folder) !== WLLAMA.version) {
    fs.mkdirSync(home, { recursive: true });
    npm('install', '--prefix', home, '--no-save', `${WLLAMA.name}@${WLLAMA.version}`);
  }
  const version = versionOf(folder);
  if (version === null)
    throw new Error(`${folder} is not the folder of ${WLLAMA.name}. Name it with --wllama, or leave the option out: then npm installs it.`);
  return { folder, version };
}

function versionOf(folder) {
  const file = path.join(folder, 'package.json');
  if (!fs.existsSync(file)) return null;
  const { name, version } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return name === WLLAMA.name ? version : null;
}

/** @param {(name: string, ...args: unknown[]) => Promise<any>} call of bench/beside/page.ts */
export async function openWllama(call, file, threads) {
  await call('loadWllama', file, threads);
  return async (prompt, tokens) => {
    const { choices, timings } = await call('askWllama', threads, { ...GREEDY, prompt, n_predict: tokens });
    return told(choices[0].text, timings);
  };
}

/** Times in milliseconds; that of decoding is from the first token to the last. */
function told(text, { prompt_n: promptTokens, predicted_n: tokens, predicted_ms: decodeMs, prompt_ms: firstMs }) {
  return { text, promptTokens, tokens, decodeMs, firstMs };
}

/** Of llama.cpp's programs in `folder`, in a line. @throws Error where llama-server does not run */
export function llamaVersion(folder) {
  const { status, error, stdout, stderr } = spawnSync(path.join(folder, 'llama-server'), ['--version'], { encoding: 'utf8' });
  if (status !== 0)
    throw new Error(
      `llama-server does not run in ${folder}: ${error?.message ?? stderr}\nName the folder of llama.cpp's programs with --llama.`,
    );
  return /version: (.+)/.exec(stdout + stderr)?.[1] ?? 'unknown version';
}

/** llama.cpp's server on the CPU. @param {string} folder of its programs */
export async function openLlama(folder, file, threads) {
  const count = String(threads);
  const args = (port) => ['-m', file, '--port', port, '-c', '2048', '-np', '1', '-t', count, '-tb', count, '--device', 'none'];
  const { url, stop } = await startServer(path.join(folder, 'llama-server'), args, 'ignore');
  const ask = async (prompt, tokens) => {
    const reply = await fetch(`${url}/completion`, { method: 'POST', body: JSON.stringify({ ...GREEDY, prompt, n_predict: tokens }) });
    if (!reply.ok) throw new Error(`llama-server says ${reply.status}: ${await reply.text()}`);
    const { content, timings } = await reply.json();
    return told(content, timings);
  };
  return { ask, stop };
}

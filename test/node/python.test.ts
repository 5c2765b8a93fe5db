import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startServer } from './support/command';

/** A Python that has the package `openai`: FORETOKEN_PYTHON, or the usual one. */
const PYTHON = process.env.FORETOKEN_PYTHON ?? 'python3';
const hasClient = spawnSync(PYTHON, ['-c', 'import openai']).status === 0;
if (!hasClient) console.log(`${PYTHON} has no package "openai", so its client is not tested (FORETOKEN_PYTHON names another).`);

it.skipIf(!hasClient)('the openai client of PyPI gets the same text whole and in chunks, and its own errors', async () => {
  const { command, address } = await startServer();
  await using _ = command;
  const client = path.join(import.meta.dirname, 'support/client.py');
  const { stdout, stderr } = await promisify(execFile)(PYTHON, [client, address]);
  expect(stderr).toBe('');
  console.log(stdout);
  expect(stdout).toMatch(/^models: target/);
  const [, whole] = /^whole: '(.*)' length$/m.exec(stdout) ?? [];
  const [, streamed] = /^stream: '(.*)' in \d+ chunks$/m.exec(stdout) ?? [];
  expect(whole).toMatch(/^1, 2, 3/);
  expect(streamed).toBe(whole);
  expect(stdout).toMatch(/^accepted: [1-9]/m);
  expect(stdout).toMatch(/^completion: '.+'$/m);
  expect(stdout).toMatch(/^unknown model: 404 model_not_found$/m);
  expect(stdout).toMatch(/^wrong field: 400 num_speculative_tokens$/m);
});

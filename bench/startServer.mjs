import { spawn } from 'node:child_process';
import net from 'node:net';
import { root } from '../scripts/install.mjs';

const LOOK_EVERY_MS = 200;

/**
 * Starts a server on a free port of this machine and waits until its /health is well.
 *
 * @param {string} program
 * @param {(port: string) => string[]} args
 * @param {'ignore' | 'inherit'} errors what becomes of what it says on standard error
 * @returns {Promise<{ url: string, stop: () => void }>} url: without a slash at its end
 * @throws Error where it cannot be started, or ends before it is well
 */
export async function startServer(program, args, errors) {
  const port = await freePort();
  const server = spawn(program, args(String(port)), { cwd: root, stdio: ['ignore', 'ignore', errors] });
  const ended = new Promise((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`${program} ended with ${code}.`)));
  });
  ended.catch(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  const well = async () => {
    while (!(await fetch(`${url}/health`).catch(() => null))?.ok) await new Promise((next) => setTimeout(next, LOOK_EVERY_MS));
  };
  await Promise.race([well(), ended]);
  return { url, stop: () => void server.kill() };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

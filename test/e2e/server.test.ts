import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildNode, COMMAND } from '../../scripts/buildNode.mjs';
import { root } from '../../scripts/install.mjs';
import { BUILT } from './support/built';
import { committed, Visit } from './support/page';
import { servedBuild } from './support/served';

const served = servedBuild();
const folder = path.join(root, 'build/e2e-command');
let stop: () => Promise<unknown>;
let address: string;

beforeAll(async () => {
  await buildNode(folder);
  const args = ['serve', '--device', 'cpu', '--port', '0', '--page', BUILT];
  const server = spawn(process.execPath, [path.join(folder, path.basename(COMMAND)), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  address = await new Promise<string>((resolve, reject) => {
    let said = '';
    // Read to its end: a server whose output nobody reads could not say more.
    server.stdout.on('data', (piece) => {
      said += piece;
      const [, found] = /Foretoken is at (\S+)/.exec(said) ?? [];
      if (found) resolve(found);
    });
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
  });
  stop = () => Promise.all([once(server, 'exit'), server.kill('SIGTERM')]);
});
afterAll(() => stop?.());

it('the page that foretoken serves runs the models that it serves, with the same text', async () => {
  const visit = await Visit.open(served.browser, address);
  const shown = committed(await visit.run('Count from 1 to 12.')).map((token) => token.text);
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'Count from 1 to 12.' }], temperature: 0 });
  const answer = await (await fetch(`${address}/v1/chat/completions`, { method: 'POST', body })).json();
  expect(shown.join('')).toBe(answer.choices[0].message.content);
  expect(visit.uncaught).toEqual([]);
  await visit.close();
});

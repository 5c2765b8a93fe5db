import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

describe('the page', () => {
  const built = () => {
    const root = path.join(folder, 'page');
    fs.mkdirSync(path.join(root, 'assets'), { recursive: true });
    fs.writeFileSync(path.join(root, 'index.html'), '<p>page</p>');
    fs.writeFileSync(path.join(root, 'assets/a b.js'), '1');
    fs.writeFileSync(path.join(folder, 'secret.txt'), 'secret');
    fs.rmSync(path.join(root, 'link.txt'), { force: true });
    fs.symlinkSync(path.join(folder, 'secret.txt'), path.join(root, 'link.txt'));
    return root;
  };

  it('is served with the headers of a host, and again only where it has changed', async () => {
    served = await serveHere(api, { pageFolder: built() });
    const page = await fetch(`${served.address}/?a=1`);
    expect([await page.text(), page.headers.get('content-type')]).toEqual(['<p>page</p>', 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'self'");
    const again = await fetch(`${served.address}/`, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const script = await fetch(`${served.address}/assets/a%20b.js`, { method: 'HEAD' });
    expect([script.headers.get('cache-control'), script.headers.get('content-length'), await script.text()]).toEqual([
      ...['public, max-age=31536000, immutable', '1'],
      '',
    ]);
  });

  it('closes the connection of a client that does not read', async () => {
    const pageFolder = built();
    fs.writeFileSync(path.join(pageFolder, 'large.wasm'), Buffer.alloc(32 << 20));
    served = await serveHere(api, { pageFolder, limits: { unreadMs: 200 } });
    const socket = net.connect(Number(new URL(served.address).port), '127.0.0.1').pause();
    socket.write('GET /large.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await expect.poll(() => served.server.answering).toBe(1);
    await expect.poll(() => served.server.answering).toBe(0);
    const whole = await fetch(`${served.address}/large.wasm`);
    expect((await whole.arrayBuffer()).byteLength).toBe(32 << 20);
    socket.destroy();
  });

  const OUTSIDE = [
    '/missing.js',
    '/assets',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/link.txt',
    '/%00',
    '/%',
  ];
  it.each(OUTSIDE)('has nothing outside its folder: %s', async (at) => {
    served = await serveHere(api, { pageFolder: built() });
    const socket = net.connect(Number(new URL(served.address).port), '127.0.0.1');
    socket.write(`GET ${at} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const answer = await readAll(socket);
    expect(answer).toMatch(/^HTTP\/1.1 404 .*"not_found"/s);
    expect(answer).not.toContain(folder);
  });
});

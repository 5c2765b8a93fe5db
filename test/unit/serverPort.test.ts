import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onPort } from '../../scripts/options.mjs';

const taking = http.createServer();
beforeAll(() => new Promise<void>((resolve) => taking.listen(0, 'localhost', resolve)));
afterAll(() => new Promise((resolve) => taking.close(resolve)));

describe('a port that was asked for', () => {
  it('is refused in words where another program has it', async () => {
    const { port } = taking.address() as AddressInfo;
    const server = await createServer({ configFile: false, logLevel: 'silent', server: { port, strictPort: true, host: 'localhost' } });
    await expect(onPort({ port }, () => server.listen())).rejects.toThrow(`Port ${port} is in use. Choose another one, or leave --port`);
    await server.close();
  });

  it('leaves other errors as they are', async () => {
    const broken = () => Promise.reject(new Error('the build failed'));
    await expect(onPort({ port: 1 }, broken)).rejects.toThrow('the build failed');
  });
});

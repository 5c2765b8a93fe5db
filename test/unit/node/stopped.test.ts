import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { fetchCatalogue } from '../../../src/catalog/lists';
import { promptOf } from '../../../src/node/generate';
import { memoryStorage } from '../../../src/storage/memory';

it('a command that waits for its prompt on standard input ends where it is stopped', async () => {
  const stop = new AbortController();
  const input = new PassThrough();
  const prompt = promptOf([], stop.signal, input);
  input.write('Count');
  stop.abort();
  await expect(prompt).rejects.toThrow('aborted');
  expect(input.destroyed).toBe(true);
});

it('a command that waits for a list of models ends where it is stopped', async () => {
  const server = http.createServer(() => stop.abort(new Error('stopped')));
  const stop = new AbortController();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`;
  await expect(fetchCatalogue([url], memoryStorage(), null, null, stop.signal)).rejects.toThrow('stopped');
  server.closeAllConnections();
  server.close();
});

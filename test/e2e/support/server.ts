import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { hostHeaders } from '../../../scripts/hostHeaders.mjs';

/**
 * What the server does to a file. `missing`: 404. `refused`: 429, for a long while. `cut`: a whole answer of half the file. `broken-off`: the connection
 * ends in the middle. `damaged`: one bit is wrong. `held`: the second half comes after `release`.
 */
export type Fault = 'missing' | 'refused' | 'cut' | 'broken-off' | 'damaged' | 'held';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** A static host of a folder, on this machine only, with the headers that a host should send; it can be told to serve some files badly. */
export class FaultyServer {
  readonly #server: http.Server;
  readonly #faults = new Map<string, Fault>();
  readonly #replaced = new Map<string, string>();
  #release: () => void = () => undefined;
  #released: Promise<void> = Promise.resolve();
  /** Paths that were asked for, in order, below the root. */
  readonly requests: string[] = [];

  private constructor(folder: string, isPlain: boolean) {
    this.#server = http.createServer((request, response) => {
      const name = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
        .replace(/\/$/, '/index.html')
        .slice(1);
      this.requests.push(name);
      const file = path.join(folder, name);
      const fault = this.#faults.get(name);
      if (fault === 'missing' || !file.startsWith(folder) || !fs.existsSync(file)) response.writeHead(404).end('Not found');
      else if (fault === 'refused') response.writeHead(429, { 'retry-after': '120' }).end('Too many requests');
      else void this.#send(response, file, fault, this.#replaced.get(name), isPlain ? {} : hostHeaders(file));
    });
  }

  /** @param isPlain it cannot send headers of its own, as some hosts */
  static async start(folder: string, isPlain = false): Promise<FaultyServer> {
    const server = new FaultyServer(folder, isPlain);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** From now on serves `file` (a path below the root) with `fault`. */
  break(file: string, fault: Fault): void {
    this.#faults.set(file, fault);
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** From now on serves `text` instead of `file`. */
  replace(file: string, text: string): void {
    this.#replaced.set(file, text);
  }

  /** From now on serves every file as it is; answers that are held stay so. */
  forgive(): void {
    this.#faults.clear();
  }

  /** Serves every file as it is. */
  repair(): void {
    this.#faults.clear();
    this.#replaced.clear();
    this.release();
  }

  /** Lets the files that are held go on. */
  release(): void {
    this.#release();
  }

  close(): Promise<void> {
    this.repair();
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #send(
    response: http.ServerResponse,
    file: string,
    fault: Fault | undefined,
    replaced: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const whole = replaced === undefined ? fs.readFileSync(file) : Buffer.from(replaced);
    const half = Math.floor(whole.length / 2);
    const body = fault === 'cut' ? whole.subarray(0, half) : whole;
    if (fault === 'damaged') body[half] = (body[half] as number) ^ 1;
    response.writeHead(200, {
      ...headers,
      'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
      'content-length': body.length,
      'cache-control': 'no-cache',
    });
    if (fault !== 'broken-off' && fault !== 'held') {
      response.end(body);
      return;
    }
    await new Promise<void>((resolve) => response.write(body.subarray(0, half), () => resolve()));
    if (fault === 'broken-off') {
      response.destroy();
      return;
    }
    await this.#released;
    response.end(body.subarray(half));
  }
}

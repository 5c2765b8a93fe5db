import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What a hub does to a file. `missing`: 404. `busy`: 429, come back at once. `down`: 503, come back at once. `refused`: 429, for a long while. `broken`: 500.
 * `cut`: a whole answer of half the file. `broken-off`: the connection ends in the middle. `damaged`: one bit is wrong. `held`: the second half comes after
 * `release`. `html`: a page in its place. `long`: more than the file. `elsewhere`: the request is sent on to another host. `denied`: 401, as hubs answer for what is not there.
 */
export type HubFault =
  | 'elsewhere'
  | 'denied'
  | 'missing'
  | 'busy'
  | 'down'
  | 'refused'
  | 'broken'
  | 'cut'
  | 'broken-off'
  | 'damaged'
  | 'held'
  | 'html'
  | 'long';

const STATUS: Partial<Record<HubFault, readonly [status: number, retryAfter: string | null]>> = {
  missing: [404, null],
  denied: [401, null],
  busy: [429, '0'],
  down: [503, '0'],
  refused: [429, '120'],
  broken: [500, null],
};

/** Pages of all sites may read what it answers. */
const FOR_ALL = { 'access-control-allow-origin': '*' } as const;
/** The same machine by a name that is another host's. */
const ELSEWHERE = 'localhost';

/**
 * A hub of models on this machine, with addresses as Hugging Face has them: /OWNER/MODEL/resolve/main/FILE answers small files itself and sends those that ask for
 * a large one (.bin, .wasm) to another host, with a signature behind the address.
 */
export class Hub {
  readonly #files = new Map<string, Uint8Array>();
  readonly #faults = new Map<string, { readonly fault: HubFault; times: number }>();
  readonly #servers: readonly http.Server[];
  #release: () => void = () => undefined;
  #released: Promise<void> = Promise.resolve();
  /** Paths whose content was asked for, in order. */
  readonly requests: string[] = [];

  private constructor() {
    const store = http.createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      if (url.searchParams.get('signature') === 'valid') void this.#answer(url.pathname.slice(1), request, response);
      else response.writeHead(403).end();
    });
    const hub = http.createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
      const isLarge = /\.(bin|wasm)$/.test(name) && this.#files.has(name);
      if (isLarge) response.writeHead(302, { location: `${addressOf(store)}${name}?signature=valid`, ...FOR_ALL }).end();
      else void this.#answer(name, request, response);
    });
    this.#servers = [hub, store];
  }

  static async start(): Promise<Hub> {
    const hub = new Hub();
    await Promise.all(hub.#servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
    return hub;
  }

  get url(): string {
    return addressOf(this.#servers[0] as http.Server);
  }

  put(name: string, content: Uint8Array | string): void {
    this.#files.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  /** From now on serves `name` with `fault`, `times` times. */
  break(name: string, fault: HubFault, times = Infinity): void {
    this.#faults.set(name, { fault, times });
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  repair(): void {
    this.#faults.clear();
    this.#release();
    this.requests.length = 0;
  }

  async close(): Promise<void> {
    this.repair();
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  #faultOf(name: string): HubFault | null {
    const found = this.#faults.get(name);
    if (!found || found.times <= 0) return null;
    found.times--;
    return found.fault;
  }

  async #answer(name: string, { headers }: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const isElsewhere = headers.host?.startsWith(ELSEWHERE) ?? false;
    if (!isElsewhere) this.requests.push(name);
    const fault = isElsewhere ? null : this.#faultOf(name);
    const content = this.#files.get(name);
    const [status, after] = (fault && STATUS[fault]) ?? [content ? 200 : 404, null];
    if (fault === 'elsewhere') {
      const elsewhere = addressOf(this.#servers[1] as http.Server).replace('127.0.0.1', ELSEWHERE);
      response.writeHead(302, { location: `${elsewhere}${name}?signature=valid`, ...FOR_ALL }).end();
      return;
    }
    if (status !== 200 || !content) {
      response.writeHead(status, { ...FOR_ALL, ...(after === null ? {} : { 'retry-after': after }) }).end();
      return;
    }
    const half = Math.floor(content.length / 2);
    let body = fault === 'cut' ? content.subarray(0, half) : new Uint8Array(content);
    if (fault === 'damaged') body[half] = (body[half] as number) ^ 1;
    if (fault === 'html') body = new TextEncoder().encode('<!doctype html><title>Sign in</title>');
    if (fault === 'long') body = new Uint8Array([...content, 0]);
    response.writeHead(200, { ...FOR_ALL, 'content-length': body.length });
    if (fault !== 'broken-off' && fault !== 'held') {
      response.end(body);
      return;
    }
    await new Promise<void>((resolve) => response.write(body.subarray(0, half), () => resolve()));
    if (fault === 'broken-off') response.destroy();
    else {
      await this.#released;
      response.end(body.subarray(half));
    }
  }
}

function addressOf(server: http.Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ApiEngine } from '../../api/apiEngine';
import { ApiError } from '../../api/apiError';
import { METRICS_TYPE } from '../../api/metrics';
import { type ApiResponse, respond } from '../../api/respond';
import { FailureError } from '../../core/failure';
import { readBody } from './body';
import { type Access, corsHeaders, requireKey, requireKnownCaller } from './guards';
import { servePage } from './page';
import { send, sendError, sendJson } from './send';

export interface ServerSetup {
  readonly api: ApiEngine;
  readonly access: Access;
  readonly limits: ServerLimits;
  /** The built page; null: it is not served. */
  readonly pageFolder: string | null;
  /** Whether the models are loaded. Requests wait until they are. */
  readonly isReady: () => boolean;
  /** For Prometheus. */
  readonly metrics: () => string;
  /** Is told what a client is not. */
  readonly log: (line: string) => void;
}

export interface ServerLimits {
  /** Bytes. */
  readonly mostBody: number;
  /** For a request and its answer, its wait for the models included. */
  readonly answerMs: number;
  /** For a request's headers, and for all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a client may leave what it was sent unread, before it counts as gone. */
  readonly unreadMs: number;
  readonly mostConnections: number;
}

/** How often it is looked for requests that take too long to arrive. */
const LOOK_EVERY_MS = 1000;
/** How long the rest of a body that was refused is read, so that its sender gets to the answer. */
const REST_OF_BODY_MS = 5000;
/** How long an answer that was ended has to arrive. */
const LAST_WORDS_MS = 1000;

/** A request that is not answered to its end. */
interface Answering {
  readonly socket: Socket;
  /** Ends its answer early, with the reason that its client is told. */
  readonly stop: AbortController;
  /** Forgets it: it is answered, or its client is gone. */
  readonly over: () => void;
}

/** Serves OpenAI's API, the state of the server and the page over HTTP. */
export class ApiServer {
  readonly #setup: ServerSetup;
  readonly #server: http.Server;
  readonly #open = new Map<ServerResponse, Answering>();
  #isClosing = false;

  constructor(setup: ServerSetup) {
    this.#setup = setup;
    const { headersMs, requestMs, mostConnections } = setup.limits;
    const timeouts = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: LOOK_EVERY_MS };
    this.#server = http.createServer(timeouts, (request, response) => void this.#answer(request, response));
    this.#server.maxConnections = mostConnections;
    // A response behind another on its connection never tells that it was closed.
    this.#server.on('connection', (socket) => socket.once('close', () => this.#leave(socket)));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => this.#refuse(error, socket));
  }

  /** Requests that are not answered to their end. */
  get answering(): number {
    return this.#open.size;
  }

  /** @param port 0: any that is free. @returns the address that it is reached at. @throws FailureError port-unavailable */
  async listen(port: number): Promise<string> {
    const { host } = this.#setup.access;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => reject(unavailable(host, port, cause)));
      this.#server.listen(port, host, resolve);
    });
    const name = host.includes(':') ? `[${host}]` : host;
    return `http://${name}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes no more requests, and waits until all that came before are answered; those that are not after `graceMs` are ended. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timers = [
      setTimeout(() => {
        for (const { stop } of this.#open.values()) stop.abort(closing());
      }, graceMs),
      setTimeout(() => this.#server.closeAllConnections(), graceMs + LAST_WORDS_MS),
    ];
    await closed;
    for (const timer of timers) clearTimeout(timer);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answerMs } = this.#setup.limits;
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(tooLate(answerMs)), answerMs);
    const over = () => {
      stop.abort();
      clearTimeout(late);
      this.#open.delete(response);
      if (this.#isClosing) this.#server.closeIdleConnections();
    };
    this.#open.set(response, { socket: request.socket, stop, over });
    response.once('close', over);
    try {
      await this.#route(request, response, stop.signal);
    } catch (thrown) {
      // Who has gone away is told nothing.
      if (!request.socket.destroyed) sendError(this.#told(thrown), response);
    }
    if (!request.complete) dropRest(request);
  }

  /** Ends all answers for the client at `socket`, which is gone. */
  #leave(socket: Socket): void {
    for (const each of [...this.#open.values()].filter((other) => other.socket === socket)) each.over();
  }

  async #route(request: IncomingMessage, response: ServerResponse, stop: AbortSignal): Promise<void> {
    const { api, access, limits, pageFolder, isReady, metrics } = this.#setup;
    const { headers, method = 'GET' } = request;
    requireKnownCaller(headers, access);
    if (this.#isClosing) throw closing();
    for (const [name, value] of Object.entries(corsHeaders(headers, access))) response.setHeader(name, value);
    if (method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const [path = '/'] = (request.url ?? '/').split('?');
    if (path === '/health') {
      requireGet(path, method);
      sendJson(isReady() ? 200 : 503, { status: isReady() ? 'ok' : 'loading' }, response);
    } else if (path === '/metrics') {
      requireGet(path, method);
      requireKey(headers, access);
      response.writeHead(200, { 'content-type': METRICS_TYPE }).end(metrics());
    } else if (path.startsWith('/v1/')) {
      requireKey(headers, access);
      const body = method === 'GET' ? '' : await readBody(request, limits.mostBody);
      const answered = respond({ method, path, body }, api, stop);
      const answer = await Promise.race([answered, rejection(stop)]).catch((thrown) => {
        // Its run ends, and frees its place, only when it is read to its end.
        answered.then(readAway).catch(() => undefined);
        throw thrown;
      });
      await send(answer, response, limits.unreadMs);
    } else if (pageFolder !== null) {
      await servePage(request, response, pageFolder, limits.unreadMs);
    } else {
      throw new ApiError(404, 'not_found', 'There is nothing here. The API is at /v1.');
    }
  }

  /** What a client is told of anything that was thrown. */
  #told(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) return thrown;
    this.#setup.log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    return new ApiError(500, 'internal', 'Something unexpected happened here. Send the request again.');
  }

  /** Answers what is no request of HTTP, or does not become one. */
  #refuse({ code }: NodeJS.ErrnoException, socket: Socket): void {
    const isAnswered = [...this.#open.keys()].some((response) => response.socket === socket && response.headersSent);
    if (!socket.writable || code === 'ECONNRESET' || isAnswered) {
      socket.destroy();
      return;
    }
    const [status, reason, { body }] = refusalOf(code);
    const text = JSON.stringify(body);
    const headers = ['Connection: close', 'Content-Type: application/json; charset=utf-8', `Content-Length: ${Buffer.byteLength(text)}`];
    socket.end(`HTTP/1.1 ${status} ${reason}\r\n${headers.join('\r\n')}\r\n\r\n${text}`);
  }
}

function requireGet(path: string, method: string): void {
  if (method !== 'GET') throw new ApiError(405, 'method_not_allowed', `${path} takes GET, not ${method}.`);
}

function refusalOf(code: string | undefined): [number, string, ApiError] {
  if (code === 'HPE_HEADER_OVERFLOW') {
    const message = `The headers have more than ${http.maxHeaderSize} bytes. Send fewer.`;
    return [431, 'Request Header Fields Too Large', new ApiError(431, 'headers_too_large', message)];
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return [408, 'Request Timeout', new ApiError(408, 'request_timeout', 'The request took too long to arrive. Send it again.')];
  }
  return [400, 'Bad Request', new ApiError(400, 'invalid_request', 'This is no request of HTTP/1.1. Send one.')];
}

/** Rejects with its reason when `signal` aborts. */
function rejection(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  rejected.catch(() => undefined);
  return rejected;
}

async function readAway({ body }: ApiResponse): Promise<void> {
  for await (const _ of body);
}

function closing(): ApiError {
  return new ApiError(503, 'shutting_down', 'The server is shutting down. Send the request again later.');
}

function tooLate(ms: number): ApiError {
  const seconds = ms / 1000;
  return new ApiError(
    504,
    'timeout',
    `The answer was not ready after ${seconds} s. Ask for fewer tokens, or start the server with a longer --timeout.`,
  );
}

function dropRest(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), REST_OF_BODY_MS);
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

function unavailable(host: string, port: number, cause: NodeJS.ErrnoException): FailureError {
  const why =
    cause.code === 'EADDRINUSE'
      ? 'another program has it'
      : cause.code === 'EACCES'
        ? 'this user may not use it'
        : cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND'
          ? `${host} is no address of this machine`
          : cause.message;
  return new FailureError(
    'port-unavailable',
    `The server cannot listen on ${host}:${port}: ${why}.`,
    'Choose another with --port or --host.',
    cause,
  );
}

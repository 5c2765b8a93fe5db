import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ApiError } from '../../api/apiError';
import type { ApiResponse } from '../../api/respond';

/** How long a client may leave what it was sent unread, before it counts as gone. */
const UNREAD_FOR_MS = 30_000;

/** Sends `answer` as fast as the client reads it: a piece is made when the one before has room. Ends early where the client goes away. */
export async function send({ status, type, body }: ApiResponse, to: ServerResponse): Promise<void> {
  const isStream = type === 'text/event-stream';
  to.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    ...(isStream && { 'x-accel-buffering': 'no' }),
  });
  for await (const piece of body) {
    if (to.destroyed) return;
    if (!to.write(piece)) await drained(to);
  }
  if (!to.destroyed) to.end();
}

async function drained(to: ServerResponse): Promise<void> {
  const read = new AbortController();
  const unread = setTimeout(() => to.destroy(), UNREAD_FOR_MS);
  await Promise.race([once(to, 'drain', read), once(to, 'close', read)]).finally(() => {
    clearTimeout(unread);
    read.abort();
  });
}

export function sendJson(status: number, value: object, to: ServerResponse): void {
  const text = JSON.stringify(value);
  to.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  });
  to.end(text);
}

/** Nothing where an answer has begun: it then ends where it is. */
export function sendError({ status, body }: ApiError, to: ServerResponse): void {
  if (to.destroyed) return;
  if (to.headersSent) {
    to.end();
    return;
  }
  if (status === 429 || status === 503) to.setHeader('retry-after', '1');
  if (status === 401) to.setHeader('www-authenticate', 'Bearer');
  sendJson(status, body, to);
}

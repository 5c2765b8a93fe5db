import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ApiError } from '../../api/apiError';
import type { ApiResponse } from '../../api/respond';

/**
 * Sends `answer` as fast as the client reads it (`sendBody`).
 *
 * @param unreadMs how long a client may leave what it was sent unread, before it counts as gone
 */
export async function send({ status, type, body }: ApiResponse, to: ServerResponse, unreadMs: number): Promise<void> {
  const isStream = type === 'text/event-stream';
  to.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    ...(isStream && { 'x-accel-buffering': 'no' }),
  });
  await sendBody(body, to, unreadMs);
}

/** Sends `body` behind the headers that `to` has: a piece is made when the one before has room. Ends early where the client goes away. */
export async function sendBody(body: AsyncIterable<string | Uint8Array>, to: ServerResponse, unreadMs: number): Promise<void> {
  for await (const piece of body) {
    if (isGone(to)) return;
    if (!to.write(piece)) await read(to, 'drain', unreadMs);
  }
  if (isGone(to)) return;
  to.end();
  if (!to.writableFinished) await read(to, 'finish', unreadMs);
}

function isGone(to: ServerResponse): boolean {
  return to.destroyed || to.req.socket.destroyed;
}

/** Waits until the client has read what was sent, or is gone. An answer behind another on its connection has no socket yet, and no time runs for it. */
async function read(to: ServerResponse, sign: 'drain' | 'finish', unreadMs: number): Promise<void> {
  const { socket } = to.req;
  const over = new AbortController();
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
    socket.once('close', close);
  });
  try {
    if (!to.socket) await Promise.race([once(to, 'socket', over), closed]);
    if (isGone(to)) return;
    const unread = setTimeout(() => socket.destroy(), unreadMs);
    await Promise.race([once(to, sign, over), closed]).finally(() => clearTimeout(unread));
  } finally {
    socket.off('close', close);
    over.abort();
  }
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

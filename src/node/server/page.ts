/** The built page as a static host serves it. */
import fs from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { hostHeaders } from '../../../scripts/hostHeaders.mjs';
import { ApiError } from '../../api/apiError';
import { sendBody } from './send';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
};

/** @param folder of the build @param unreadMs as of `send` @throws ApiError 404, 405 */
export async function servePage(request: IncomingMessage, response: ServerResponse, folder: string, unreadMs: number): Promise<void> {
  const { method = 'GET', url = '/' } = request;
  const [asked = '/'] = url.split('?');
  if (method !== 'GET' && method !== 'HEAD') throw new ApiError(405, 'method_not_allowed', `${shown(asked)} takes GET, not ${method}.`);
  const file = await findFile(folder, asked);
  if (!file) throw new ApiError(404, 'not_found', `There is no ${shown(asked)} here.`);
  const etag = `"${file.stat.size.toString(36)}-${Math.floor(file.stat.mtimeMs).toString(36)}"`;
  const headers = {
    ...hostHeaders(file.name),
    'cache-control': file.name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const type = TYPES[path.extname(file.name)] ?? 'application/octet-stream';
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': file.stat.size });
  if (method === 'HEAD') response.end();
  // A file that shrinks or cannot be read on must not look whole.
  else await sendBody(fs.createReadStream(file.path), response, unreadMs).catch(() => response.destroy());
}

/** The file below `folder` that the path of a URL names; index.html for a folder. null: none, also where a link leads out of it. */
async function findFile(
  folder: string,
  asked: string,
): Promise<{ readonly name: string; readonly path: string; readonly stat: fs.Stats } | null> {
  try {
    const name = path.posix.normalize(decodeURIComponent(asked.endsWith('/') ? `${asked}index.html` : asked)).replace(/^\/+/, '');
    const root = await fs.promises.realpath(folder);
    const real = await fs.promises.realpath(path.join(root, name));
    const stat = await fs.promises.stat(real);
    return stat.isFile() && real.startsWith(root + path.sep) ? { name, path: real, stat } : null;
  } catch {
    return null;
  }
}

/** As much of a path as an answer repeats. */
function shown(asked: string): string {
  return JSON.stringify(asked.length > 100 ? `${asked.slice(0, 100)}…` : asked);
}

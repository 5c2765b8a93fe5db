/** Who may ask: by the name under which the server was reached, the page that asks, and the key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { ApiError } from '../../api/apiError';

export interface Access {
  /** What the server listens on. */
  readonly host: string;
  /** Origins whose pages may ask; "*" for all. */
  readonly origins: readonly string[];
  /** null: none is asked for. */
  readonly key: string | null;
}

/** Names of this machine that no name server gives to another. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

/**
 * The origin that `text` names, as browsers send it: scheme, host and a port that is not the scheme's own; "null", which pages without one send; or "*"
 * for all. null where it names none.
 */
export function originOf(text: string): string | null {
  if (text === '*' || text === 'null') return text;
  // What a browser's extension has is no scheme that URL knows an origin of.
  if (/^[a-z-]+-extension:\/\/[^/?#\s]+$/.test(text)) return text;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const { origin, href } = new URL(text);
  return href === `${origin}/` ? origin : null;
}

/**
 * A page of another site reaches a server on loopback under a name of its own that it has pointed here (DNS rebinding), or asks without being able to
 * read the answer; both are refused. Behind a key any name serves the server's own pages: another site has no key.
 *
 * @throws ApiError 403
 */
export function requireKnownCaller({ host: asked = '', origin }: IncomingHttpHeaders, { host, origins, key }: Access): void {
  const name = asked.replace(/:\d+$/, '');
  if (isLoopback(host) && !isLoopback(name) && name !== host) {
    throw new ApiError(
      403,
      'host_not_allowed',
      `This server answers on ${host} only, not as "${name}". Start it with --host to serve others.`,
    );
  }
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === asked && (key !== null || isOwnName(name, host))) return;
  throw new ApiError(403, 'origin_not_allowed', `Pages of ${origin} may not ask here. Start the server with --cors ${origin} to let them.`);
}

/** Whether no other site can have pointed `name` here: an address, localhost, or what the server was told to listen on. */
function isOwnName(name: string, host: string): boolean {
  return isLoopback(name) || name === host || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

/** What a browser is told about another origin that may ask; nothing otherwise. */
export function corsHeaders(headers: IncomingHttpHeaders, { origins }: Access): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': '600',
    vary: 'Origin',
  };
}

/** In a time that tells nothing of the key. @throws ApiError 401 */
export function requireKey({ authorization = '' }: IncomingHttpHeaders, { key }: Access): void {
  if (key === null || timingSafeEqual(digest(authorization), digest(`Bearer ${key}`))) return;
  throw new ApiError(401, 'invalid_api_key', 'The API key is missing or wrong. Send it as "Authorization: Bearer KEY".');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

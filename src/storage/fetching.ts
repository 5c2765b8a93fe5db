import { FailureError } from '../core/failure';
import { isOfSite } from './hosts';

/** How often a server that says it is busy is asked, by default. */
const TRIES = 3;
/** Longest wait before it is asked again; who is to wait longer is told so instead. */
const LONGEST_WAIT_MS = 10_000;
/** Before it is asked again where it does not say when. */
const USUAL_WAIT_MS = 1000;

/**
 * `fetch`, which asks again where the server wants fewer requests (429, or 503 with Retry-After): after as long as it says.
 *
 * @throws TypeError where no answer comes; the signal's reason
 */
export async function fetchPatiently(url: string, signal?: AbortSignal, tries = TRIES): Promise<Response> {
  for (let tried = 1; ; tried++) {
    const response = await fetch(url, { cache: 'no-cache', ...(signal ? { signal } : {}) });
    const after = retryAfterMs(response);
    const again = response.status === 429 || (response.status === 503 && after !== null);
    const wait = after ?? USUAL_WAIT_MS * tried;
    if (!again || tried >= tries || wait > LONGEST_WAIT_MS) return response;
    await response.body?.cancel();
    await waited(wait, signal);
  }
}

/**
 * Why `response`, which is not ok, is not what was asked for: `missing` where the server has none (404), otherwise what the server's refusal means.
 *
 * @param what begins the message, as "The list of models"
 */
export function refusal(what: string, response: Response, missing: FailureError): FailureError {
  const { status } = response;
  if (status === 404) return missing;
  return new FailureError('server-refused', `${what} was refused: the server answered ${status}.`, hintFor(response));
}

function hintFor(response: Response): string {
  const after = retryAfterMs(response);
  if (response.status === 429 || after !== null) {
    const when = after === null ? 'Wait a minute' : `Wait ${Math.ceil(after / 1000)} s`;
    return `The server is busy. ${when}, then try again; files that are complete are kept.`;
  }
  if (response.status >= 500) return 'The server is down for now. Try again later; files that are complete are kept.';
  return isOfSite(response.url)
    ? 'You may have to sign in where this page comes from. The server of this page must allow its files to be read.'
    : 'There may be no such file, or only for those who have signed in there. Check the address, or choose something else.';
}

/** Milliseconds from now, from seconds or a date (RFC 9110, section 10.2.3); null if it says nothing that can be read. */
function retryAfterMs({ headers }: Response): number | null {
  const value = headers.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

function waited(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** How many bytes the file at `url` has, by what its server says without sending it; null where it does not. */
export async function lengthOf(url: string, signal: AbortSignal): Promise<number | null> {
  const response = await fetch(url, { method: 'HEAD', signal }).catch(() => null);
  signal.throwIfAborted();
  const said = response?.ok && !response.headers.has('content-encoding') ? response.headers.get('content-length') : null;
  return said === null || said === '' ? null : Number(said);
}

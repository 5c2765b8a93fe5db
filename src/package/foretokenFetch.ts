import type { ApiEngine } from '../api/apiEngine';
import { respond } from '../api/respond';

/**
 * A `fetch` that answers OpenAI's paths (`/v1/chat/completions`, `/v1/completions`, `/v1/models`) from `engine`, in this program and without a network,
 * whatever host they name: clients of OpenAI's API that take a `fetch` run on it unchanged. A failure is an answer with a status, as a server's.
 */
export function foretokenFetch(engine: { readonly api: ApiEngine }): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { signal, method } = request;
    signal.throwIfAborted();
    const { pathname } = new URL(request.url);
    const path = pathname.slice(Math.max(0, pathname.lastIndexOf('/v1/')));
    const left = new AbortController();
    const body = await request.text();
    const answered = respond({ method, path, body }, engine.api, AbortSignal.any([signal, left.signal]));
    const answer = await orAborted(answered, signal).catch(async (thrown: unknown) => {
      answered.then((late) => late.body.return());
      throw thrown;
    });
    const headers = { 'content-type': answer.type, 'cache-control': 'no-store' };
    return new Response(streamOf(answer.body, signal, left), { status: answer.status, headers });
  };
}

/** `promise`, or a rejection with the reason of `signal` as soon as that aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** `pieces` as they are asked for; fails as soon as `signal` aborts. @param left aborted when nobody reads on */
function streamOf(
  pieces: AsyncGenerator<string, void>,
  signal: AbortSignal,
  left: AbortController,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const end = async () => {
    left.abort();
    await pieces.return();
  };
  return new ReadableStream({
    start(controller) {
      const abort = () => {
        controller.error(signal.reason);
        end().catch(() => undefined);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true, signal: left.signal });
    },
    async pull(controller) {
      const { done, value } = await pieces.next();
      // An abort has ended the stream meanwhile.
      if (left.signal.aborted) return;
      if (!done) return controller.enqueue(encoder.encode(value));
      controller.close();
      left.abort();
    },
    cancel: end,
  });
}

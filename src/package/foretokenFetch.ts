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
    const stop = AbortSignal.any([signal, left.signal]);
    const body = await request.text();
    const answer = await orAborted(respond({ method, path, body }, engine.api, stop), signal);
    const headers = { 'content-type': answer.type, 'cache-control': 'no-store' };
    return new Response(
      streamOf(answer.body, signal, () => left.abort()),
      { status: answer.status, headers },
    );
  };
}

/** `promise`, or a rejection with the reason of `signal` as soon as that aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** `pieces` as they are asked for. @param leave called when nobody reads on */
function streamOf(pieces: AsyncIterable<string>, signal: AbortSignal, leave: () => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const from = pieces[Symbol.asyncIterator]();
  const end = async () => {
    leave();
    await from.return?.();
  };
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await orAborted(from.next(), signal);
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: end,
  });
}

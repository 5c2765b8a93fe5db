import { ApiError } from '../api/apiError';
import { checkPath, isApiPath } from '../api/paths';
import type { FromServingPage, ToPage } from './messages';
import type { Route } from './route';

/** How long pages may take to say that they serve. */
const WHO_WITHIN_MS = 2000;
/** How often it is looked whether the page that serves is still open. */
const LOOK_EVERY_MS = 1000;

/** What of a service worker's scope the route needs. */
type Scope = Pick<ServiceWorkerGlobalScope, 'clients' | 'registration' | 'location'>;

/** OpenAI's API on any page of the site, answered by the engine of an open page of ours. Nothing of it goes to the network. */
export class ApiRoute implements Route {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** No navigation: another site's form can begin one. */
  takes({ mode }: Request, url: URL): boolean {
    return mode !== 'navigate' && url.origin === this.#scope.location.origin && this.#pathOf(url) !== null;
  }

  async answer(event: FetchEvent): Promise<Response> {
    const { request, clientId } = event;
    try {
      const path = this.#pathOf(new URL(request.url)) ?? '';
      checkPath(path);
      const body = await request.text();
      const page = await this.#findPage(clientId);
      const { port1: port, port2 } = new MessageChannel();
      const message: ToPage = { type: 'serve', request: { method: request.method, path, body } };
      page.postMessage(message, [port2]);
      const answered = this.#receive(port, page.id, request.signal);
      event.waitUntil(answered.ended);
      return await answered.response;
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown;
      return Response.json(thrown.body, { status: thrown.status });
    }
  }

  /**
   * What `url` asks of the API, from `/v1` on, or null: a path of the API in any folder, as the page may lie in one and a client's base URL in another; any path
   * below `v1` beside the page, or at the top of the site, which no file of ours is.
   */
  #pathOf({ pathname }: URL): string | null {
    const at = pathname.indexOf('/v1/');
    if (at === -1) return null;
    const path = pathname.slice(at);
    const folder = pathname.slice(0, at + 1);
    return isApiPath(path) || folder === '/' || folder === new URL(this.#scope.registration.scope).pathname ? path : null;
  }

  /** The page that serves: the one that asks, if it does, else the first that says so. @throws ApiError 503 where none does */
  async #findPage(asking: string): Promise<Client> {
    const { scope } = this.#scope.registration;
    const open = await this.#scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    // Beside the site there may be others of the same origin.
    const pages = open.filter(({ url }) => url.startsWith(scope));
    const asked = pages.map((page) => serves(page));
    const own = pages.findIndex(({ id }) => id === asking);
    const patience = new Promise<never>((_, reject) => setTimeout(() => reject(noPage(scope)), WHO_WITHIN_MS));
    patience.catch(() => undefined);
    const first = await Promise.race([Promise.any(asked), patience]);
    const self = own === -1 ? null : await Promise.race([asked[own], Promise.resolve(null)]);
    return self ?? first;
  }

  /** What the page sends on `port`, as a response; given up where the asker leaves. */
  #receive(port: MessagePort, page: string, signal: AbortSignal): { readonly response: Promise<Response>; readonly ended: Promise<void> } {
    const encoder = new TextEncoder();
    const { promise: response, resolve, reject } = Promise.withResolvers<Response>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let sink: ReadableStreamDefaultController<Uint8Array> | null = null;
    const finish = () => {
      clearInterval(looking);
      port.close();
      sink = null;
      end();
    };
    const giveUp = () => {
      port.postMessage({ type: 'stop' });
      finish();
    };
    const lost = () => {
      const gone = new ApiError(503, 'page_closed', 'The page whose engine answered was closed. Open it and send the request again.');
      reject(gone);
      sink?.error(new TypeError(gone.message));
      finish();
    };
    const looking = setInterval(() => {
      void this.#scope.clients.get(page).then((open) => open ?? lost());
    }, LOOK_EVERY_MS);
    port.onmessage = ({ data }: MessageEvent<FromServingPage>) => {
      if (data.type === 'head') {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            sink = controller;
          },
          cancel: giveUp,
        });
        resolve(new Response(body, { status: data.status, headers: { 'content-type': data.contentType, 'cache-control': 'no-store' } }));
      } else if (data.type === 'piece') sink?.enqueue(encoder.encode(data.text));
      else if (data.type === 'end') {
        sink?.close();
        finish();
      }
    };
    signal.addEventListener('abort', () => {
      reject(signal.reason);
      giveUp();
    });
    return { response, ended };
  }
}

/** `page` as soon as it says that it serves; never, where it does not. */
function serves(page: Client): Promise<Client> {
  return new Promise((resolve) => {
    const { port1: port, port2 } = new MessageChannel();
    port.onmessage = () => {
      port.close();
      resolve(page);
    };
    const message: ToPage = { type: 'who-serves' };
    page.postMessage(message, [port2]);
  });
}

function noPage(scope: string): ApiError {
  return new ApiError(
    503,
    'no_engine',
    `No page with an engine is open in this browser. Open ${scope} in a tab, wait until it says "ready", and send the request again.`,
  );
}

import { PrecacheController } from 'workbox-precaching/PrecacheController';
import { isolationOf } from '../../scripts/isolation.mjs';
import type { Gate } from './gate';
import type { ShellReport } from './messages';
import type { Route } from './route';

/** A file of the build. `revision` is null if the URL itself has the file's hash. */
export interface ShellFile {
  readonly url: string;
  readonly revision: string | null;
}

/**
 * The page's own files, stored as a whole when a version is installed and answered from storage from then on, so that a page never mixes
 * two versions. The models are not among them: `storage/download.ts` stores and checks those itself.
 */
export class Shell implements Route {
  readonly #scope: string;
  readonly #cacheName: string;
  readonly #stored: PrecacheController;

  /**
   * @param scope absolute URL of the folder that the page lies in, with its final slash
   * @param gate what every file of an installation goes through
   */
  constructor(files: readonly ShellFile[], scope: string, gate: Gate) {
    this.#scope = scope;
    this.#cacheName = `foretoken/shell ${scope}`;
    this.#stored = new PrecacheController({
      cacheName: this.#cacheName,
      plugins: [{ handlerWillStart: () => gate.enter(), handlerDidComplete: async () => gate.leave() }],
    });
    this.#stored.addToCacheList([...files]);
  }

  /** Stores what is not stored yet; the installation fails where a file cannot be had or kept. */
  install(event: ExtendableEvent): void {
    void this.#stored.install(event);
  }

  takes(request: Request, url: URL): boolean {
    if (request.method !== 'GET' || !url.href.startsWith(this.#scope)) return false;
    return this.#key(request, url) !== undefined || this.#isHashed(url);
  }

  async answer({ request }: FetchEvent): Promise<Response> {
    const url = new URL(request.url);
    const cache = await caches.open(this.#cacheName);
    // A page of an earlier version, open in another tab, may still ask for its own files.
    const response = (await cache.match(this.#key(request, url) ?? url.href)) ?? (await fetch(request));
    const isDocument = request.mode === 'navigate';
    return isDocument || request.destination === 'worker' ? isolated(response, nameOf(url.pathname)) : response;
  }

  async report(): Promise<ShellReport> {
    const cache = await caches.open(this.#cacheName);
    const keys = [...this.#stored.getURLsToCacheKeys().values()];
    const found = await Promise.all(keys.map((key) => cache.match(key)));
    const sizes = await Promise.all(found.map(async (response) => (response ? (await response.blob()).size : 0)));
    return { files: keys.length, missing: found.filter((response) => !response).length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** Deletes the files of other versions. */
  tidy(event: ExtendableEvent): void {
    void this.#stored.activate(event);
  }

  /** Where the answer is stored; undefined for files of other versions. A page is the same whatever its query says. */
  #key(request: Request, url: URL): string | undefined {
    const page = request.mode === 'navigate';
    const path = page && url.pathname.endsWith('/') ? `${url.pathname}index.html` : url.pathname;
    return this.#stored.getCacheKeyForURL(new URL(path + (page ? '' : url.search), url).href);
  }

  /** Vite puts what has its hash in its name into assets/. */
  #isHashed(url: URL): boolean {
    return url.href.startsWith(`${this.#scope}assets/`);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || 'index.html';
}

/** `response` as a host would send it that can send headers of its own; what is no file stays as it is. */
function isolated(response: Response, name: string): Response {
  if (!response.ok) return response;
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  for (const [header, value] of Object.entries(isolationOf(name))) headers.set(header, value);
  return new Response(body, { status, statusText, headers });
}

import { FailureError } from '../core/failure';
import type { FileStorage, Shelf, StoredFile } from './port';

/** Header of a stored file: the SHA-256 that it was checked against. */
const HASH_HEADER = 'x-foretoken-sha256';

/** The caches of this browser, one for each shelf. web-llm, the service worker and earlier versions of the page use the same. */
export const BROWSER_CACHE: FileStorage = {
  async open(name) {
    try {
      return shelfOf(await caches.open(name));
    } catch (cause) {
      throw new FailureError(
        'storage',
        'This browser keeps no files for this page, so the models cannot be stored.',
        'Leave private browsing, or allow this site to store data, then run again.',
        cause,
      );
    }
  },
};

function shelfOf(cache: Cache): Shelf {
  return {
    async get(url) {
      return (await (await cache.match(url))?.blob()) ?? null;
    },
    async about(url) {
      const stored = await cache.match(url);
      if (!stored) return null;
      const { headers } = stored;
      const { size } = await stored.blob();
      const promised = headers.get('content-length');
      if (promised !== null && Number(promised) !== size) return null;
      return { bytes: size, type: headers.get('content-type') ?? '', sha256: headers.get(HASH_HEADER) };
    },
    async put(url, content, about) {
      // What breaks `content` off is lost in the cache's own error.
      let broken: { readonly cause: unknown } | null = null;
      const guarded = guard(content, (cause) => {
        broken = { cause };
      });
      await cache.put(url, new Response(guarded, { headers: headersOf(about) })).catch((cause) => {
        throw broken ? broken.cause : cause;
      });
    },
    async delete(url) {
      await cache.delete(url);
    },
    async list() {
      return (await cache.keys()).map((request) => request.url);
    },
  };
}

function headersOf({ bytes, type, sha256 }: StoredFile): Record<string, string> {
  return { 'content-type': type, 'content-length': String(bytes), ...(sha256 === null ? {} : { [HASH_HEADER]: sha256 }) };
}

/** `content`; where it breaks off, `broke` hears the cause before its reader does. */
function guard(content: ReadableStream<Uint8Array<ArrayBuffer>>, broke: (cause: unknown) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = content.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (cause) {
        broke(cause);
        controller.error(cause);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

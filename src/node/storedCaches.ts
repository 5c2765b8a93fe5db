import type { FileStorage, Shelf } from '../storage/port';

/** What web-llm (its ArtifactCache, 0.2.86) takes of a browser's caches, over `storage`: each cache is the shelf of its name. */
export function storedCaches(storage: FileStorage): Pick<CacheStorage, 'open'> {
  return { open: async (name) => cacheOf(await storage.open(name)) as Cache };
}

function cacheOf(shelf: Shelf): Pick<Cache, 'match' | 'add' | 'keys' | 'delete'> {
  return {
    async match(request) {
      const content = await shelf.get(urlOf(request));
      return content ? new Response(content) : undefined;
    },
    /** All that web-llm asks for was stored and checked before. */
    async add(request) {
      throw new Error(`${urlOf(request)} is not stored`);
    },
    async keys() {
      return (await shelf.list()).map((url) => new Request(url));
    },
    async delete(request) {
      const isThere = (await shelf.about(urlOf(request))) !== null;
      await shelf.delete(urlOf(request));
      return isThere;
    },
  };
}

function urlOf(request: RequestInfo | URL): string {
  return request instanceof Request ? request.url : String(request);
}

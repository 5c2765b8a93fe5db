import type { FileStorage, Shelf, StoredFile } from './port';

/** Keeps files as long as the program runs. */
export function memoryStorage(): FileStorage {
  const shelves = new Map<string, Shelf>();
  return {
    async open(name) {
      const shelf = shelves.get(name) ?? memoryShelf();
      shelves.set(name, shelf);
      return shelf;
    },
  };
}

function memoryShelf(): Shelf {
  const files = new Map<string, { readonly content: Blob; readonly about: StoredFile }>();
  return {
    get: async (url) => files.get(url)?.content ?? null,
    async about(url) {
      const { content, about } = files.get(url) ?? {};
      return about && content?.size === about.bytes ? about : null;
    },
    async put(url, content, about) {
      const headers = { 'content-type': about.type };
      files.set(url, { content: await new Response(content, { headers }).blob(), about });
    },
    delete: async (url) => void files.delete(url),
    list: async () => [...files.keys()],
  };
}

/** `storage`, or memory where that keeps nothing. */
export function orMemory(storage: FileStorage): FileStorage {
  const memory = memoryStorage();
  return { open: (name) => storage.open(name).catch(() => memory.open(name)) };
}

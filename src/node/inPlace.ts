import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import type { FileStorage, Shelf, StoredFile } from '../storage/port';
import type { LocalFiles } from './localFiles';

/** The shelf of what files of this machine were checked against, by their URLs. */
const CHECKED = 'foretoken/checked';

/** What was found of a file, which holds as long as it has this length and this time of change. */
const Mark = v.object({ bytes: v.number(), mtimeMs: v.number(), sha256: v.string() });

/** `kept`, in which every file that exists on this machine is there already, at its own place: it is read there, never copied and never deleted. */
export function inPlaceStorage(kept: FileStorage, files: LocalFiles): FileStorage {
  return {
    async open(name) {
      return inPlaceShelf(await kept.open(name), await kept.open(CHECKED), files);
    },
  };
}

function inPlaceShelf(kept: Shelf, checked: Shelf, files: LocalFiles): Shelf {
  return {
    async get(url) {
      const found = await find(files(url));
      return found ? fs.openAsBlob(found.path) : kept.get(url);
    },
    async about(url) {
      const found = await find(files(url));
      return found ? { bytes: found.bytes, type: '', sha256: await markOf(found, checked) } : kept.about(url);
    },
    async put(url, content, about) {
      const found = await find(files(url));
      if (!found) return kept.put(url, content, about);
      // To its end, where a check of it may fail.
      for await (const _ of content);
      await mark(found, about, checked);
    },
    async delete(url) {
      await kept.delete(url);
    },
    list: () => kept.list(),
  };
}

interface Found {
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
}

async function find(path: string | null): Promise<Found | null> {
  const stat = path === null ? null : await fs.promises.stat(path).catch(() => null);
  return path !== null && stat?.isFile() ? { path, bytes: stat.size, mtimeMs: stat.mtimeMs } : null;
}

async function markOf({ path, bytes, mtimeMs }: Found, checked: Shelf): Promise<string | null> {
  try {
    const text = await (await checked.get(pathToFileURL(path).href))?.text();
    const found = v.parse(Mark, JSON.parse(text ?? 'null'));
    return found.bytes === bytes && found.mtimeMs === mtimeMs ? found.sha256 : null;
  } catch {
    return null;
  }
}

async function mark({ path, bytes, mtimeMs }: Found, { sha256 }: StoredFile, checked: Shelf): Promise<void> {
  if (sha256 === null) return;
  const content = new Blob([JSON.stringify({ bytes, mtimeMs, sha256 } satisfies v.InferOutput<typeof Mark>)]);
  await checked.put(pathToFileURL(path).href, content.stream(), { bytes: content.size, type: 'application/json', sha256: null });
}

/** For Node: no page imports this file. */
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FailureError } from '../core/failure';
import { FORMER_FILES } from './keptList';
import { memoryStorage } from './memory';
import type { FileStorage, Shelf } from './port';

/**
 * Keeps what lies below one of the URLs `bases` in the folder `root`, each file under the path that it has there, so that the folder can be served in place of
 * them. All shelves are one; of another version of a file nothing is kept. A file is there once it is complete.
 */
export function treeStorage(root: string, bases: readonly string[]): FileStorage {
  return { open: async (name) => (name === FORMER_FILES ? memoryStorage().open(name) : treeShelf(root, bases)) };
}

/** The path of `url` below the one of `bases` that it lies below; what stands behind "?" or "#" is no part of it, unless it is escaped. @throws FailureError address-unknown */
export function pathBelow(bases: readonly string[], url: string): string {
  const base = bases.find((each) => url.startsWith(each));
  const [escaped = ''] = base === undefined ? [] : url.slice(base.length).split(/[?#]/);
  const below = decodeURIComponent(escaped);
  // No name that a system of files could take for a way out of the folder.
  if (below.split('/').every((name) => /^[^\\:*"<>|\p{Cc}]+$/u.test(name) && !/^\.{1,2}$/.test(name))) return below;
  const hint = 'Name a host or folder that has all files of the models.';
  throw new FailureError('address-unknown', `${url} does not lie below ${bases.join(' or ')}.`, hint);
}

function treeShelf(root: string, bases: readonly string[]): Shelf {
  const at = (url: string) => path.join(root, pathBelow(bases, url));
  const size = (url: string) =>
    fs.promises.stat(at(url)).then(
      (found) => (found.isFile() ? found.size : null),
      () => null,
    );
  return {
    get: async (url) => ((await size(url)) === null ? null : fs.openAsBlob(at(url))),
    async about(url) {
      const bytes = await size(url);
      return bytes === null ? null : { bytes, type: '', sha256: null };
    },
    async put(url, content) {
      const arriving = `${at(url)}.${process.pid}.part`;
      await fs.promises.mkdir(path.dirname(arriving), { recursive: true });
      try {
        await pipeline(Readable.from(content), fs.createWriteStream(arriving));
        await fs.promises.rename(arriving, at(url));
      } finally {
        await fs.promises.rm(arriving, { force: true });
      }
    },
    delete: (url) => fs.promises.rm(at(url), { force: true }),
    async list() {
      const files = await fs.promises.readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      const paths = files.filter((file) => file.isFile()).map((file) => path.relative(root, path.join(file.parentPath, file.name)));
      return paths.map((below) => `${bases[0]}${below.split(path.sep).map(encodeURIComponent).join('/')}`);
    },
  };
}

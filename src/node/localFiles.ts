/** Files of this machine behind URLs: those of `file:`, and those beside the page, whose URLs do not change with the folder that it lies in. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The page's base here. */
export const PAGE = 'foretoken://page/';

/** The path of the file that a URL names, or null where it names none of this machine. */
export type LocalFiles = (url: string) => string | null;

/** @param pageFolder the built page, or public/ of a checkout */
export function localFiles(pageFolder: string): LocalFiles {
  return (url) => {
    try {
      if (url.startsWith('file:')) return fileURLToPath(url);
      if (!url.startsWith(PAGE)) return null;
      const file = path.join(pageFolder, decodeURIComponent(new URL(url).pathname));
      // An encoded slash could lead out of it.
      return file.startsWith(path.join(pageFolder, path.sep)) ? file : null;
    } catch {
      // No path, as with an encoded slash.
      return null;
    }
  };
}

/** `plain`, which also answers for local files: 404 where there is no such file, 403 where it cannot be read. */
export function fetchWithFiles(plain: typeof fetch, files: LocalFiles): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const file = files(url);
    if (file === null) return plain(input, init);
    init?.signal?.throwIfAborted();
    try {
      if (!(await fs.promises.stat(file)).isFile()) return new Response(null, { status: 404 });
      return new Response(await fs.openAsBlob(file));
    } catch (thrown) {
      return new Response(null, { status: (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 404 : 403 });
    }
  };
}

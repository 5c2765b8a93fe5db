/** For Node: no page imports this file. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { FailureError } from '../core/failure';
import type { FileStorage, Shelf } from './port';

/** What lies beside a file, which is complete once this is written. */
const Record = v.object({ url: v.string(), bytes: v.number(), type: v.string(), sha256: v.nullable(v.string()) });
type Record = v.InferOutput<typeof Record>;

/** Files that are being written. They are deleted where the process is ended meanwhile. */
const arriving = new Set<string>();
process.once('exit', () => {
  for (const file of arriving) fs.rmSync(file, { force: true });
});

/** Keeps files in the folder `root`, one folder in it for each shelf. */
export function folderStorage(root: string): FileStorage {
  return {
    async open(name) {
      const folder = path.join(root, encodeURIComponent(name));
      try {
        await fs.promises.mkdir(folder, { recursive: true });
      } catch (cause) {
        throw new FailureError('storage', `No files can be kept in ${folder}.`, 'Choose a folder that can be written to.', cause);
      }
      return folderShelf(folder);
    },
  };
}

function folderShelf(folder: string): Shelf {
  const at = (url: string) => path.join(folder, createHash('sha256').update(url).digest('hex'));
  const recordAt = (url: string) => `${at(url)}.json`;
  const known = async (url: string): Promise<Record | null> => {
    const record = await readRecord(recordAt(url));
    const size = await fs.promises.stat(at(url)).then(
      (found) => found.size,
      () => null,
    );
    return record?.bytes === size ? record : null;
  };
  return {
    async get(url) {
      const record = await known(url);
      return record ? fs.openAsBlob(at(url), { type: record.type }) : null;
    },
    async about(url) {
      const record = await known(url);
      if (!record) return null;
      const { bytes, type, sha256 } = record;
      return { bytes, type, sha256 };
    },
    async put(url, content, { bytes, type, sha256 }) {
      const part = `${at(url)}.${process.pid}.part`;
      arriving.add(part);
      try {
        await pipeline(Readable.from(content), fs.createWriteStream(part));
        // Without a record nothing is kept, so new content never stands under an old hash.
        await fs.promises.rm(recordAt(url), { force: true });
        await fs.promises.rename(part, at(url));
        await fs.promises.writeFile(recordAt(url), JSON.stringify({ url, bytes, type, sha256 } satisfies Record));
      } finally {
        await fs.promises.rm(part, { force: true });
        arriving.delete(part);
      }
    },
    async delete(url) {
      for (const file of [recordAt(url), at(url)]) await fs.promises.rm(file, { force: true });
    },
    async list() {
      const records = (await fs.promises.readdir(folder)).filter((file) => file.endsWith('.json'));
      const read = await Promise.all(records.map((file) => readRecord(path.join(folder, file))));
      return read.flatMap((record) => record?.url ?? []);
    },
  };
}

async function readRecord(file: string): Promise<Record | null> {
  try {
    return v.parse(Record, JSON.parse(await fs.promises.readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

import { FailureError } from '../core/failure';
import { applyDelta } from '../formats/delta';
import { fetchPatiently, refusal } from './fetching';
import { isOfSite, isSameHost } from './hosts';
import { FORMER_FILES } from './keptList';
import { beginMd5 } from './md5';
import type { FileStorage, Shelf } from './port';
import { beginHash, hashOf, hashOfBytes } from './sha256';

/** A file of a model: where it comes from, where it is kept, and how it is checked. */
export interface RemoteFile {
  /** Absolute URL that it is fetched from; null: it was made here, and is nowhere else. */
  readonly url: string | null;
  /** Under which URL it is kept. */
  readonly place: string;
  /** What messages call it. */
  readonly name: string;
  /** null: any length is right. */
  readonly bytes: number | null;
  /** In hexadecimal; null: any content is right. */
  readonly sha256: string | null;
  /** In hexadecimal, where `sha256` is null: what comes is compared with it. */
  readonly md5?: string | null;
  /** What it is made of instead of being fetched. */
  readonly from?: Origin;
}

/** What makes a file here: `delta` changes `base` into it (`formats/delta.ts`). */
export interface Origin {
  readonly base: RemoteFile;
  readonly delta: RemoteFile;
}

export interface DownloadProgress {
  readonly phase: 'downloading' | 'checking';
  readonly loadedBytes: number;
}

/** A file is reported on as often as this while it comes, so that a fast connection does not keep the page busy with its progress; */
const REPORTS_PER_FILE = 50;
/** or after this time, so that a slow one is not taken for silent. */
const REPORT_AFTER_MS = 250;
const USUAL_TYPE = 'application/octet-stream';

/**
 * Puts `files` on the shelf `name`, whole and with the right hash, so that what reads it afterwards never touches the network. What is right
 * already is kept, so an interrupted download goes on where it stopped, file by file; anything else is fetched again. What another version of a
 * file replaces is set aside (`keptList.ts`), and taken from there where that version is asked for again.
 *
 * @param report called as bytes come in; `loadedBytes` counts over all files
 * @throws FailureError file-missing, server-refused, file-damaged, network, storage; or the signal's reason
 */
export async function download(
  storage: FileStorage,
  name: string,
  files: readonly RemoteFile[],
  report: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const shelf = await storage.open(name);
  let done = 0;
  for (const file of files) {
    signal.throwIfAborted();
    if (await isStored(shelf, file)) {
      done += await sizeOf(shelf, file);
      report({ phase: 'checking', loadedBytes: done });
      continue;
    }
    const former = await storage.open(FORMER_FILES);
    if (!(await takeBack(shelf, former, file))) {
      await setAside(shelf, former, file.place);
      await fetchInto(shelf, file, (loaded) => report({ phase: 'downloading', loadedBytes: done + loaded }), signal);
    }
    done += await sizeOf(shelf, file);
  }
}

/** Whether `file` lies on `shelf`, by its length and by what it was checked against when it was stored. What nobody checked is checked now, and marked. */
export async function isStored(shelf: Shelf, file: RemoteFile): Promise<boolean> {
  const found = await shelf.about(file.place);
  if (!found || (file.bytes !== null && found.bytes !== file.bytes)) return false;
  if (file.sha256 === null || found.sha256 !== null) return file.sha256 === null || found.sha256 === file.sha256;
  const content = await shelf.get(file.place);
  if (!content || (await hashOf(content)) !== file.sha256) return false;
  // Where there is no room to write the mark it is checked again next time.
  await shelf.put(file.place, content.stream(), { ...found, sha256: file.sha256 }).catch(() => undefined);
  return true;
}

async function sizeOf(shelf: Shelf, { bytes, place }: RemoteFile): Promise<number> {
  return bytes ?? (await shelf.about(place))?.bytes ?? 0;
}

/** Fetches or makes `file` and keeps it, hashing it as it comes: nothing of it is kept unless all of it is right. */
async function fetchInto(shelf: Shelf, file: RemoteFile, report: (loaded: number) => void, signal: AbortSignal): Promise<void> {
  const { body, type } = file.from ? await make(file, file.from, shelf, signal) : await fetchBody(file, signal);
  const checked = checkedBody(body, file, report, signal);
  try {
    if (file.bytes !== null) await shelf.put(file.place, checked, { bytes: file.bytes, type, sha256: file.sha256 });
    else {
      const content = await new Response(checked).blob();
      await shelf.put(file.place, content.stream(), { bytes: content.size, type, sha256: file.sha256 });
    }
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof FailureError) throw thrown;
    throw noRoom(thrown);
  }
}

interface Body {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Media type. */
  readonly type: string;
}

async function fetchBody(file: RemoteFile, signal: AbortSignal): Promise<Body> {
  if (file.url === null) throw gone(file);
  const response = await fetchPatiently(file.url, signal).catch((cause) => {
    signal.throwIfAborted();
    throw interrupted(file, cause);
  });
  if (!response.ok || !response.body) throw refusal(`The model file ${file.name}`, response, missing(file));
  // What its hash vouches for may come from anywhere.
  if (file.sha256 === null && response.redirected && !isSameHost(file.url, response.url)) {
    await response.body.cancel();
    throw sentElsewhere(file, new URL(file.url).host, new URL(response.url).host);
  }
  return { body: response.body, type: response.headers.get('content-type') ?? USUAL_TYPE };
}

/** The first `bytes` bytes of `file`, fewer where it ends before; nothing is kept of them. @throws FailureError file-missing, server-refused, file-damaged where it is empty, network; or the signal's reason */
export async function beginningOf(file: RemoteFile, bytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const reader = (await fetchBody(file, signal)).body.getReader();
  const read: number[] = [];
  while (read.length < bytes) {
    const { value } = await reader.read().catch((cause) => {
      signal.throwIfAborted();
      throw interrupted(file, cause);
    });
    if (!value) break;
    // A piece may be as short as one byte.
    read.push(...value.subarray(0, bytes - read.length));
  }
  await reader.cancel().catch(() => undefined);
  if (read.length === 0) throw damaged(file, 'it is empty');
  return Uint8Array.from(read);
}

/** `file` of its base and its delta, which lie on `shelf` from then on. */
async function make(file: RemoteFile, { base, delta }: Origin, shelf: Shelf, signal: AbortSignal): Promise<Body> {
  const change = await contentOf(delta, shelf, signal);
  const made = await applyDelta(await contentOf(base, shelf, signal), change);
  if (made && (file.sha256 === null || (await hashOfBytes(made)) === file.sha256)) {
    return { body: new Blob([made]).stream(), type: USUAL_TYPE };
  }
  // Both were right when they came: what is kept of them is not any more.
  for (const { place } of [base, delta]) await shelf.delete(place);
  throw damaged(file, `it is not what ${delta.name} makes of ${base.name}`);
}

/** Of `file`, which is put on `shelf` unless it is there. */
async function contentOf(file: RemoteFile, shelf: Shelf, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (!(await isStored(shelf, file))) await fetchInto(shelf, file, () => undefined, signal);
  const content = await shelf.get(file.place);
  if (!content) throw noRoom(null);
  return new Uint8Array(await content.arrayBuffer());
}

function noRoom(cause: unknown) {
  return new FailureError(
    'storage',
    'A model file could not be kept; the storage may be full.',
    'Free some space, or allow this site more storage in a browser, then run again.',
    cause,
  );
}

/** `body`, which breaks off with a FailureError file-damaged or network, or the signal's reason, unless it is `file` to its end. */
function checkedBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  file: RemoteFile,
  report: (loaded: number) => void,
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { bytes, sha256, md5 = null } = file;
  const hashing = sha256 !== null ? beginHash(bytes) : md5 === null ? null : beginMd5();
  hashing?.catch(() => undefined);
  const reader = body.getReader();
  let loaded = 0;
  let reported = 0;
  let reportedAt = performance.now();
  const count = (added: number) => {
    loaded += added;
    if (bytes !== null && loaded > bytes) throw damaged(file, `it is longer than its ${bytes} bytes`);
    const isSoon = performance.now() - reportedAt < REPORT_AFTER_MS;
    if (bytes !== null && loaded < bytes && loaded - reported < bytes / REPORTS_PER_FILE && isSoon) return;
    reported = loaded;
    reportedAt = performance.now();
    report(loaded);
  };
  const finish = async () => {
    if (bytes !== null && loaded < bytes) throw damaged(file, `it ends after ${loaded} of ${bytes} bytes`);
    const found = hashing && (await (await hashing).end());
    if (found === (sha256 ?? md5)) return;
    throw damaged(
      file,
      sha256 !== null ? 'its SHA-256 is not the one in the manifest' : 'its MD5 is not the one in the list of its tensors',
    );
  };
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read().catch((cause) => {
          signal.throwIfAborted();
          throw interrupted(file, cause);
        });
        if (done) {
          await finish();
          controller.close();
          return;
        }
        count(value.length);
        (await hashing)?.update(value);
        controller.enqueue(value);
      } catch (thrown) {
        controller.error(thrown);
        await reader.cancel().catch(() => undefined);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** Keeps what stands at `place` until the kept list is another, unless its version is kept already; where there is no room for both, only the new one is. */
async function setAside(shelf: Shelf, former: Shelf, place: string): Promise<void> {
  const [content, about] = [await shelf.get(place), await shelf.about(place)];
  if (content && about && !(await former.about(place))) await former.put(place, content.stream(), about).catch(() => undefined);
}

/** Puts the file that was set aside back, if it is `file`; it is not aside any more. */
async function takeBack(shelf: Shelf, former: Shelf, file: RemoteFile): Promise<boolean> {
  if (!(await isStored(former, file))) return false;
  const [content, about] = [await former.get(file.place), await former.about(file.place)];
  if (!content || !about) return false;
  try {
    await shelf.put(file.place, content.stream(), about);
  } catch {
    // No room for both: what is at its place is another version, which is of no use here.
    await shelf.delete(file.place);
    await shelf.put(file.place, content.stream(), about).catch((cause) => {
      throw noRoom(cause);
    });
  }
  await former.delete(file.place);
  return true;
}

/** Where a file comes from: `site` has the page too; `host` is another server; `machine`: it lies on this machine (Node). */
function sourceOf({ url }: RemoteFile): 'site' | 'host' | 'machine' {
  if (url === null || !/^https?:/.test(url)) return 'machine';
  return isOfSite(url) ? 'site' : 'host';
}

/** HOST stands for the host of the file. */
const MISSING_HINTS = {
  site: 'The server of this page must serve all of its files. Run again once it does.',
  host: 'HOST does not have it. Check the address, or choose another model or a mirror that has it.',
  machine: 'Put it where the list of models says that it is, then run again.',
} as const;

const DAMAGED_HINTS = {
  site: 'Run again to download it again. If the file is still wrong, the server has a wrong copy.',
  host: 'Try again: it alone is downloaded again. If it is still wrong, its host has a wrong copy; choose another model or a mirror.',
  machine: 'Put a good copy in its place, then run again.',
} as const;

const INTERRUPTED_HINTS = {
  site: 'Check the connection and run again; files that are complete are kept.',
  host: 'Check the connection and the address, or set a mirror; HOST must let other pages read its files (CORS). Files that are complete are kept.',
  machine: 'Check the connection and run again; files that are complete are kept.',
} as const;

function hintFor(file: RemoteFile, hints: Readonly<Record<ReturnType<typeof sourceOf>, string>>): string {
  return hints[sourceOf(file)].replace('HOST', file.url === null ? '' : new URL(file.url).host);
}

function missing(file: RemoteFile) {
  const source = sourceOf(file);
  const answer = source === 'machine' ? '' : ' (the server answered 404)';
  return new FailureError('file-missing', `A model file is missing: ${file.name}${answer}.`, hintFor(file, MISSING_HINTS));
}

function sentElsewhere(file: RemoteFile, from: string, to: string) {
  return new FailureError(
    'server-refused',
    `The request for ${file.name} was sent on from ${from} to ${to}, which is no host of the same owner, so nothing of it was kept.`,
    'You may have to sign in to this network. If you trust that host, give the address of the model there.',
  );
}

function gone(file: RemoteFile) {
  return new FailureError(
    'file-missing',
    `A file of your own model is gone: the browser has dropped ${file.name}, or it was damaged.`,
    'Open the model’s file again: what is missing is made again.',
  );
}

function damaged(file: RemoteFile, what: string) {
  return new FailureError('file-damaged', `A model file is damaged: ${file.name}; ${what}.`, hintFor(file, DAMAGED_HINTS));
}

function interrupted(file: RemoteFile, cause: unknown) {
  return new FailureError('network', `The download of ${file.name} broke off.`, hintFor(file, INTERRUPTED_HINTS), cause);
}

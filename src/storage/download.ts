import { FailureError } from '../core/failure';
import { fetchPatiently, refusal } from './fetching';
import { FORMER_FILES } from './keptList';

/** A file as a list of models names it: `path` is relative to the list, `sha256` in hexadecimal. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadProgress {
  readonly phase: 'downloading' | 'checking';
  readonly loadedBytes: number;
}

/** A file is reported on as often as this while it comes, so that a fast connection does not keep the page busy with its progress. */
const REPORTS_PER_FILE = 50;

/** Header of a stored file: the SHA-256 that it was checked against. */
const HASH_HEADER = 'x-foretoken-sha256';

/**
 * Puts `files` into `cache`, whole and with the right hash, so that what reads the cache afterwards never touches the
 * network. A cached file with another hash (an older version, or a cut one) is fetched again; what is already right is
 * kept, so an interrupted download goes on where it stopped, file by file. What another version of a file replaces is set aside
 * (`keptList.ts`), and taken from there where that version is asked for again. One file is checked and stored while the next one comes.
 *
 * @param files with paths relative to `base`
 * @param report called as bytes come in; `loadedBytes` counts over all files
 * @throws FailureError file-missing, server-refused, file-damaged, network, storage; or the signal's reason
 */
export async function downloadInto(
  cache: Cache,
  base: string,
  files: readonly ModelFile[],
  report: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  const storing: Promise<void>[] = [];
  let failedToStore = false;
  try {
    for (const file of files) {
      signal.throwIfAborted();
      if (failedToStore) break;
      const url = new URL(file.path, base).href;
      const cached = await cache.match(url);
      if (cached) report({ phase: 'checking', loadedBytes: done });
      if (!(cached && (await hasHash(cached.clone(), file)))) {
        const former = await takeBack(url, file);
        if (cached && !former) await setAside(url, cached);
        const body =
          former ?? (await fetchBody(url, file, (loaded) => report({ phase: 'downloading', loadedBytes: done + loaded }), signal));
        const stored = checkAndStore(cache, url, file, body);
        stored.catch(() => {
          failedToStore = true;
        });
        storing.push(stored);
      }
      done += file.bytes;
      if (cached) report({ phase: 'checking', loadedBytes: done });
    }
  } finally {
    // If one file fails, complete files are kept.
    await Promise.allSettled(storing);
  }
  await Promise.all(storing);
}

/** Whether `cache` holds `file` at `url`, as it was checked when it was stored. */
export async function isStored(cache: Cache, url: string, file: ModelFile): Promise<boolean> {
  const stored = await cache.match(url);
  if (!stored) return false;
  return stored.headers.has(HASH_HEADER) ? stored.headers.get(HASH_HEADER) === file.sha256 : hasHash(stored, file);
}

/** What a file holds, and its media type. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The whole body of `url`, checked against `file`. @throws FailureError file-missing, server-refused, file-damaged, network; or the signal's reason */
export async function fetchWhole(url: string, file: ModelFile, report: (loaded: number) => void, signal: AbortSignal): Promise<Body> {
  const body = await fetchBody(url, file, report, signal);
  await check(file, body);
  return body;
}

/** The body of `url`, of the length that `file` says. */
async function fetchBody(url: string, file: ModelFile, report: (loaded: number) => void, signal: AbortSignal): Promise<Body> {
  const response = await fetchPatiently(url, signal).catch((cause) => {
    signal.throwIfAborted();
    throw interrupted(file, cause);
  });
  if (!response.ok || !response.body) throw refusal(`The model file ${file.path}`, response, missing(file));
  const bytes = new Uint8Array(file.bytes);
  let loaded = 0;
  let reported = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => {
      signal.throwIfAborted();
      throw interrupted(file, cause);
    });
    if (done) break;
    if (loaded + value.length > file.bytes) {
      await reader.cancel();
      throw damaged(file, `it is longer than its ${file.bytes} bytes`);
    }
    bytes.set(value, loaded);
    loaded += value.length;
    if (loaded < file.bytes && loaded - reported < file.bytes / REPORTS_PER_FILE) continue;
    reported = loaded;
    report(loaded);
  }
  if (loaded < file.bytes) throw damaged(file, `it ends after ${loaded} of ${file.bytes} bytes`);
  return { bytes, type: response.headers.get('content-type') ?? 'application/octet-stream' };
}

async function check(file: ModelFile, { bytes }: Body): Promise<void> {
  if ((await sha256(bytes)) !== file.sha256) throw damaged(file, 'its SHA-256 is not the one in the manifest');
}

async function checkAndStore(cache: Cache, url: string, file: ModelFile, body: Body): Promise<void> {
  await check(file, body);
  const { bytes, type } = body;
  const headers = { 'content-type': type, 'content-length': String(bytes.length), [HASH_HEADER]: file.sha256 };
  await cache.put(url, new Response(bytes, { headers })).catch((cause) => {
    throw new FailureError(
      'storage',
      'The browser could not keep a model file; its storage may be full.',
      'Free some space or allow this site more storage, then run again.',
      cause,
    );
  });
}

async function hasHash(response: Response, file: ModelFile): Promise<boolean> {
  return (await sha256(new Uint8Array(await response.arrayBuffer()))) === file.sha256;
}

/** Keeps what stands at `url` until the kept list is another, unless its version is kept already; where there is no room for both, only the new one is. */
async function setAside(url: string, cached: Response): Promise<void> {
  const former = await caches.open(FORMER_FILES);
  if (!(await former.match(url))) await former.put(url, cached).catch(() => undefined);
}

/** The file at `url` that was set aside, if it is `file`; it is not aside any more. */
async function takeBack(url: string, file: ModelFile): Promise<Body | null> {
  const former = await caches.open(FORMER_FILES);
  const aside = await former.match(url);
  if (!aside || !(await hasHash(aside.clone(), file))) return null;
  await former.delete(url);
  const type = aside.headers.get('content-type') ?? 'application/octet-stream';
  return { bytes: new Uint8Array(await aside.arrayBuffer()), type };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Over http from another machine, browsers have no subtle cryptography.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  const digest = subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : (await import('@noble/hashes/sha2.js')).sha256(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function missing(file: ModelFile) {
  return new FailureError(
    'file-missing',
    `A model file is missing: ${file.path} (the server answered 404).`,
    'The server of this page must serve its whole folder models/. Run again once it does.',
  );
}

function damaged(file: ModelFile, what: string) {
  return new FailureError(
    'file-damaged',
    `A model file is damaged: ${file.path}; ${what}.`,
    'Run again to download it again. If the file is still wrong, the server has a wrong copy.',
  );
}

function interrupted(file: ModelFile, cause: unknown) {
  return new FailureError(
    'network',
    `The download of ${file.path} broke off.`,
    'Check the connection and run again; files that are complete are kept.',
    cause,
  );
}

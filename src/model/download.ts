import { FailureError } from '../core/failure';
import type { ModelFile } from './manifest';

export interface DownloadProgress {
  readonly phase: 'downloading' | 'checking';
  readonly loadedBytes: number;
}

/**
 * Puts `files` into `cache`, whole and with the right hash, so that what reads the cache afterwards never touches the
 * network. A cached file with another hash (an older version, or a cut one) is fetched anew; what is already right is
 * kept, so an interrupted download goes on where it stopped, file by file.
 *
 * @param files with paths relative to `base`
 * @param report called as bytes come in; `loadedBytes` counts over all files
 * @throws FailureError file-missing, file-damaged, network, storage; or the signal's reason
 */
export async function downloadInto(
  cache: Cache,
  base: string,
  files: readonly ModelFile[],
  report: (progress: DownloadProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const url = new URL(file.path, base).href;
    const cached = await cache.match(url);
    if (cached) {
      report({ phase: 'checking', loadedBytes: done });
      if ((await sha256(new Uint8Array(await cached.arrayBuffer()))) === file.sha256) {
        done += file.bytes;
        report({ phase: 'checking', loadedBytes: done });
        continue;
      }
      await cache.delete(url);
    }
    const { bytes, type } = await fetchWhole(url, file, (loaded) => report({ phase: 'downloading', loadedBytes: done + loaded }), signal);
    await store(cache, url, bytes, type);
    done += file.bytes;
  }
}

/** The whole body of `url`, checked against `file`. @throws FailureError file-missing, file-damaged, network; or the signal's reason */
export async function fetchWhole(url: string, file: ModelFile, report: (loaded: number) => void, signal: AbortSignal) {
  const response = await fetch(url, { cache: 'no-cache', signal }).catch((cause) => {
    signal.throwIfAborted();
    throw interrupted(file, cause);
  });
  if (!response.ok || !response.body) {
    throw new FailureError(
      'file-missing',
      `A model file is missing: ${file.path} (the server answered ${response.status}).`,
      'Whoever serves this page must serve its folder models/ whole. Run again once it does.',
    );
  }
  const bytes = new Uint8Array(file.bytes);
  let loaded = 0;
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
    report(loaded);
  }
  if (loaded < file.bytes) throw damaged(file, `it ends after ${loaded} of ${file.bytes} bytes`);
  if ((await sha256(bytes)) !== file.sha256) throw damaged(file, 'its SHA-256 is not the one in the manifest');
  return { bytes, type: response.headers.get('content-type') ?? 'application/octet-stream' };
}

async function store(cache: Cache, url: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
  const headers = { 'content-type': type, 'content-length': String(bytes.length) };
  await cache.put(url, new Response(bytes, { headers })).catch((cause) => {
    throw new FailureError(
      'storage',
      'The browser could not keep a model file; its storage may be full.',
      'Free some space or allow this site more storage, then run again.',
      cause,
    );
  });
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Over http from another machine, browsers have no subtle cryptography.
  const subtle: SubtleCrypto | undefined = crypto.subtle;
  const digest = subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : (await import('@noble/hashes/sha2.js')).sha256(bytes);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function damaged(file: ModelFile, what: string) {
  return new FailureError(
    'file-damaged',
    `A model file is damaged: ${file.path}; ${what}.`,
    'Run again to fetch it anew. If it stays so, the server holds a wrong copy.',
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

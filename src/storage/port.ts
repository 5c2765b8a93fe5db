/** Where files are kept, whatever keeps them: a browser's cache, memory, a folder on disk. One adapter a file; the same tests hold for all. */

/** What is known of a stored file without reading it. */
export interface StoredFile {
  readonly bytes: number;
  /** Media type. */
  readonly type: string;
  /** SHA-256 that it was checked against when it was stored, in hexadecimal; null where nobody checked it. */
  readonly sha256: string | null;
}

/** Files by their URLs. */
export interface Shelf {
  /** The file at `url`; null if absent. Its content is read when the blob is. */
  get(url: string): Promise<Blob | null>;
  /** null if it is absent, or its length is not the stored one. */
  about(url: string): Promise<StoredFile | null>;
  /**
   * Keeps all of `content` at `url`, in place of what was there; where `content` breaks off, what was there stays.
   *
   * @throws what `content` broke off with, or what the storage says, as where there is no room
   */
  put(url: string, content: ReadableStream<Uint8Array<ArrayBuffer>>, about: StoredFile): Promise<void>;
  /** Does nothing if the file is absent. */
  delete(url: string): Promise<void>;
  /** The URLs of all that is kept. */
  list(): Promise<string[]>;
}

export interface FileStorage {
  /** The shelf `name`, empty where nothing was put on it yet. @throws FailureError storage where nothing can be kept */
  open(name: string): Promise<Shelf>;
}

/** A download that a person watches: it can be paused and gone on with, file by file. */
import { type Failure, type FailureCode, FailureError, toFailure } from '../core/failure';
import { download, isStored, type RemoteFile } from './download';
import type { FileStorage } from './port';

export interface ShelvedFile {
  readonly shelf: string;
  readonly file: RemoteFile;
}

/** `failed`: what could be fetched is there, and `resume` fetches the rest. */
export type TransferState = 'ready' | 'running' | 'paused' | 'failed' | 'done';

export interface TransferUpdate {
  readonly state: TransferState;
  /** Of all files whose length is known. */
  readonly totalBytes: number;
  /** Of these what is there, and of the file that comes what has come. */
  readonly loadedBytes: number;
  /** That have come over the network since the transfer was made, also of files that came twice. `rate.ts` makes a rate of them. */
  readonly fetchedBytes: number;
  /** The file that comes. */
  readonly file: string | null;
  readonly failures: readonly { readonly file: string; readonly failure: Failure }[];
}

/** Faults of one file, which say nothing of the others. */
const OF_ONE_FILE: readonly FailureCode[] = ['file-missing', 'file-damaged'];

export class Transfer {
  readonly #storage: FileStorage;
  readonly #files: readonly ShelvedFile[];
  readonly #report: (update: TransferUpdate) => void;
  #controller = new AbortController();
  #running: Promise<TransferState> | null = null;
  #update: TransferUpdate;

  /** @param files in the order in which they are to come */
  constructor(storage: FileStorage, files: readonly ShelvedFile[], report: (update: TransferUpdate) => void) {
    this.#storage = storage;
    this.#files = files;
    this.#report = report;
    this.#update = { state: 'ready', totalBytes: bytesOf(files), loadedBytes: 0, fetchedBytes: 0, file: null, failures: [] };
  }

  get update(): TransferUpdate {
    return this.#update;
  }

  /** Begins, or goes on after a pause or a failure: what is there and right stays, everything else is fetched. @returns the state in which it comes to rest */
  resume(): Promise<TransferState> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Comes to rest at once: of the file that comes nothing is kept. */
  async pause(): Promise<void> {
    if (this.#update.state === 'done') return;
    const running = this.#running;
    this.#tell({ state: 'paused' });
    this.#controller.abort(new DOMException('The download was stopped.', 'AbortError'));
    await running;
  }

  async #run(): Promise<TransferState> {
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    this.#tell({ state: 'running', loadedBytes: 0, failures: [] });
    const missing: ShelvedFile[] = [];
    for (const each of this.#files) if (!(await this.#isHere(each))) missing.push(each);
    // What is here counts from the beginning, wherever it stands in the order.
    let loaded = bytesOf(this.#files) - bytesOf(missing);
    this.#tell({ loadedBytes: loaded });
    for (const each of missing) {
      if (signal.aborted) break;
      try {
        await this.#bring(each, loaded, signal);
        loaded += each.file.bytes ?? 0;
      } catch (thrown) {
        if (signal.aborted) break;
        const failure = toFailure(thrown);
        this.#tell({ failures: [...this.#update.failures, { file: each.file.name, failure }] });
        if (!OF_ONE_FILE.includes(failure.code)) break;
      }
    }
    const state = signal.aborted ? this.#update.state : this.#update.failures.length > 0 ? 'failed' : 'done';
    this.#tell({ state, loadedBytes: loaded, file: null });
    return state;
  }

  /** Where the storage cannot tell, keeping the file says why. */
  async #isHere({ shelf, file }: ShelvedFile): Promise<boolean> {
    try {
      return await isStored(await this.#storage.open(shelf), file);
    } catch {
      return false;
    }
  }

  /** A file that comes damaged is fetched once more at once: most often a connection was cut. */
  async #bring(each: ShelvedFile, loaded: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#fetch(each, loaded, signal);
    } catch (thrown) {
      if (!(thrown instanceof FailureError && thrown.failure.code === 'file-damaged')) throw thrown;
      await this.#fetch(each, loaded, signal);
    }
  }

  async #fetch({ shelf, file }: ShelvedFile, loaded: number, signal: AbortSignal): Promise<void> {
    const before = this.#update.fetchedBytes;
    this.#tell({ file: file.name, loadedBytes: loaded });
    await download(
      this.#storage,
      shelf,
      [file],
      ({ loadedBytes }) => {
        if (!signal.aborted)
          this.#tell({ loadedBytes: loaded + (file.bytes === null ? 0 : loadedBytes), fetchedBytes: before + loadedBytes });
      },
      signal,
    );
  }

  #tell(change: Partial<TransferUpdate>): void {
    this.#update = { ...this.#update, ...change };
    this.#report(this.#update);
  }
}

/** Of those whose length is known. */
function bytesOf(files: readonly ShelvedFile[]): number {
  return files.reduce((sum, { file }) => sum + (file.bytes ?? 0), 0);
}

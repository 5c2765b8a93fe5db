import * as v from 'valibot';
import { FailureError } from '../../core/failure';
import { type ArchiveLimits, entrySchema, type HistoryEntry, overflowing, type RunArchive } from './archive';

const NAME = 'foretoken.history';
/** A newer version of the page raises it; the browser then refuses this one, and what is there is left alone. */
const VERSION = 1;
const ENTRIES = 'entries';
const TRACES = 'traces';

/**
 * The runs in this browser's own database (IndexedDB).
 *
 * @throws FailureError storage, where the browser gives none, as in some private windows, or a newer version's
 */
export async function openBrowserArchive(): Promise<RunArchive> {
  try {
    return new BrowserArchive(await openDatabase());
  } catch (thrown) {
    const newer = thrown instanceof DOMException && thrown.name === 'VersionError';
    throw newer
      ? new FailureError(
          'storage',
          'A newer version of this page keeps its history in this browser.',
          'It is left as it is; runs from now on are kept until the page is closed.',
          thrown,
        )
      : new FailureError(
          'storage',
          'This browser keeps no history for this page, as in a private window.',
          'Runs are kept until the page is closed.',
          thrown,
        );
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ENTRIES, { keyPath: 'id' });
      request.result.createObjectStore(TRACES);
    };
    request.onsuccess = () => {
      // A newer version of the page, in another window, may change the database.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

/** One transaction a method: it is done as a whole or not at all. */
class BrowserArchive implements RunArchive {
  readonly #database: IDBDatabase;
  /** A channel hears the others of its name, and not itself. */
  readonly #changes = new BroadcastChannel(NAME);

  constructor(database: IDBDatabase) {
    this.#database = database;
  }

  async list(): Promise<HistoryEntry[]> {
    return this.#transact('readonly', ({ entries }) => readEntries(entries));
  }

  async read(id: string): Promise<string | null> {
    const trace = await this.#transact('readonly', ({ traces }) => result<unknown>(traces.get(id)));
    return typeof trace === 'string' ? trace : null;
  }

  async add(entry: HistoryEntry, trace: string, limits: ArchiveLimits): Promise<string[]> {
    return this.#transact('readwrite', async ({ entries, traces }) => {
      const gone = overflowing(await readEntries(entries), entry, limits);
      for (const id of gone) {
        entries.delete(id);
        traces.delete(id);
      }
      entries.put(entry);
      traces.put(trace, entry.id);
      return gone;
    });
  }

  async change(changed: readonly HistoryEntry[]): Promise<void> {
    await this.#transact('readwrite', async ({ entries }) => {
      for (const entry of changed) {
        if (await result(entries.getKey(entry.id))) entries.put(entry);
      }
    });
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#transact('readwrite', async ({ entries, traces }) => {
      for (const id of ids) {
        entries.delete(id);
        traces.delete(id);
      }
    });
  }

  watch(changed: () => void): () => void {
    this.#changes.onmessage = changed;
    return () => {
      this.#changes.onmessage = null;
    };
  }

  async #transact<T>(mode: IDBTransactionMode, body: (stores: Stores) => Promise<T>): Promise<T> {
    try {
      const transaction = this.#database.transaction([ENTRIES, TRACES], mode);
      const done = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new DOMException('aborted', 'AbortError'));
      });
      const [value] = await Promise.all([
        body({ entries: transaction.objectStore(ENTRIES), traces: transaction.objectStore(TRACES) }),
        done,
      ]);
      if (mode === 'readwrite') this.#changes.postMessage(null);
      return value;
    } catch (thrown) {
      throw new FailureError(
        'storage',
        mode === 'readonly'
          ? 'The history of this browser cannot be read.'
          : 'The browser could not change its history; its storage may be full.',
        mode === 'readonly' ? 'Reload the page.' : 'What it kept before is still there. Delete runs, or free some space on the disk.',
        thrown,
      );
    }
  }
}

interface Stores {
  readonly entries: IDBObjectStore;
  readonly traces: IDBObjectStore;
}

/** Newest first. What cannot be read is left out, and left where it is. */
async function readEntries(store: IDBObjectStore): Promise<HistoryEntry[]> {
  const stored = await result<unknown[]>(store.getAll());
  const entries = stored.flatMap((each) => {
    const parsed = v.safeParse(entrySchema, each);
    return parsed.success ? [parsed.output] : [];
  });
  return entries.sort((a, b) => b.at - a.at);
}

function result<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error);
  });
}

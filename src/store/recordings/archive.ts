import * as v from 'valibot';
import type { RunSummary } from '../../core/run/runSummary';
import { drafterToday } from '../../formats/trace/format1';

/** A run of the history, without its events. */
export interface HistoryEntry {
  readonly id: string;
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  /** Of its trace. */
  readonly bytes: number;
  readonly pinned: boolean;
  readonly summary: RunSummary;
}

/** How much is kept; the oldest runs that are not pinned go first. */
export interface ArchiveLimits {
  readonly runs: number;
  readonly bytes: number;
}

/** Where runs are kept, each as the text of its trace. Every method fails as a whole: what was there stays there. */
export interface RunArchive {
  /** Newest first. */
  list(): Promise<HistoryEntry[]>;
  /** null for an unknown id. */
  read(id: string): Promise<string | null>;
  /** Keeps a run, in place of the oldest ones where it has no room otherwise. @returns the ids of those */
  add(entry: HistoryEntry, trace: string, limits: ArchiveLimits): Promise<string[]>;
  /** Replaces entries whose runs are there. */
  change(entries: readonly HistoryEntry[]): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** Calls `changed` when another tab of the page has changed what is kept. @returns a function that ends that */
  watch(changed: () => void): () => void;
}

/** The runs that must go so that `newest` has room among `others`: the oldest that are not pinned. */
export function overflowing(others: readonly HistoryEntry[], newest: HistoryEntry, limits: ArchiveLimits): string[] {
  let runs = others.length + 1;
  let bytes = others.reduce((sum, entry) => sum + entry.bytes, newest.bytes);
  const gone: string[] = [];
  for (const { id, bytes: freed } of others.filter(({ pinned }) => !pinned).toSorted((a, b) => a.at - b.at)) {
    if (runs <= limits.runs && bytes <= limits.bytes) break;
    gone.push(id);
    runs--;
    bytes -= freed;
  }
  return gone;
}

const ratio = v.nullable(v.pipe(v.number(), v.minValue(0)));
const amount = v.pipe(v.number(), v.minValue(0));

/** An entry as it comes back from a browser's storage. */
export const entrySchema: v.GenericSchema<unknown, HistoryEntry> = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  at: amount,
  bytes: amount,
  pinned: v.boolean(),
  summary: v.object({
    prompt: v.string(),
    mode: v.picklist(['speculative', 'plain']),
    draft: v.nullable(v.pipe(v.string(), v.transform(drafterToday))),
    gamma: v.union([v.pipe(v.number(), v.integer()), v.picklist(['auto', 'recorded'])]),
    temperature: amount,
    committed: amount,
    acceptanceRate: ratio,
    tokensPerSecond: ratio,
    decodeMs: amount,
    reason: v.picklist(['stop', 'length', 'aborted', 'failed']),
  }),
});

/** Keeps runs for this visit only. */
export class MemoryArchive implements RunArchive {
  readonly #runs = new Map<string, { entry: HistoryEntry; trace: string }>();

  async list(): Promise<HistoryEntry[]> {
    return [...this.#runs.values()].map(({ entry }) => entry).sort((a, b) => b.at - a.at);
  }

  async read(id: string): Promise<string | null> {
    return this.#runs.get(id)?.trace ?? null;
  }

  async add(entry: HistoryEntry, trace: string, limits: ArchiveLimits): Promise<string[]> {
    const gone = overflowing(await this.list(), entry, limits);
    await this.remove(gone);
    this.#runs.set(entry.id, { entry, trace });
    return gone;
  }

  async change(entries: readonly HistoryEntry[]): Promise<void> {
    for (const entry of entries) {
      const known = this.#runs.get(entry.id);
      if (known) this.#runs.set(entry.id, { ...known, entry });
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#runs.delete(id);
  }

  /** No other tab sees it. */
  watch(): () => void {
    return () => {};
  }
}

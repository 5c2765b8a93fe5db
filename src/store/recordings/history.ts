import { create } from 'zustand';
import { type Failure, toFailure } from '../../core/failure';
import { summarise } from '../../core/run/runSummary';
import type { RunEvent } from '../../core/types';
import { encodeTrace, readTrace } from '../../formats/trace/trace';
import { showRun, useRun } from '../run/run';
import { type ArchiveLimits, type HistoryEntry, MemoryArchive, type RunArchive } from './archive';
import { openBrowserArchive } from './browserArchive';

export const HISTORY_LIMITS: ArchiveLimits = { runs: 100, bytes: 20_000_000 };

export interface HistoryState {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** `visit`: until the page is closed. */
  readonly keeps: 'opening' | 'browser' | 'visit';
  /** Why runs are not kept, or what could not be kept last. */
  readonly failure: Failure | null;
  /** Ids of runs that are there until the page is closed only: there was no room for them. */
  readonly unkept: readonly string[];
  /** The events of the pinned run; null if none is pinned, or while it is read. */
  readonly pinned: readonly RunEvent[] | null;
}

export const useHistory = create<HistoryState>()(() => ({ entries: [], keeps: 'opening', failure: null, unkept: [], pinned: null }));

let archive: RunArchive = new MemoryArchive();
/** What did not fit into `archive`, and what is there until that is open. */
let spare = new MemoryArchive();
/** Events that were drawn in this visit, by id: what is on the page is found again, and not read twice. */
const known = new Map<string, readonly RunEvent[]>();
const MOST_KNOWN = 12;

/** One change at a time, in the order in which they were asked for. */
let changes: Promise<unknown> = Promise.resolve();

function queue<T>(change: () => Promise<T>): Promise<T> {
  const next = changes.then(change, change);
  changes = next.catch(() => {});
  return next;
}

/** Opens the history of this browser, and from now on keeps every run of the page that ends. @returns a function that ends that */
export function keepHistory(open: () => Promise<RunArchive> = openBrowserArchive): () => void {
  stopKeeping();
  archive = new MemoryArchive();
  spare = new MemoryArchive();
  known.clear();
  useHistory.setState(useHistory.getInitialState());
  void queue(() => openArchive(open));
  const leaveRuns = useRun.subscribe(({ activity, started, events }, before) => {
    if (before.activity !== 'idle' && activity === 'idle' && started) void keepRun(events);
  });
  stopKeeping = () => {
    leaveRuns();
    stopWatching();
  };
  return stopKeeping;
}

let stopKeeping = () => {};
let stopWatching = () => {};

async function openArchive(open: () => Promise<RunArchive>): Promise<void> {
  try {
    archive = await open();
    const entries = await archive.list();
    useHistory.setState({ entries, keeps: 'browser' });
  } catch (thrown) {
    archive = new MemoryArchive();
    useHistory.setState({ keeps: 'visit', failure: toFailure(thrown) });
    return;
  }
  stopWatching = archive.watch(() => void queue(catchUp).catch(() => undefined));
  await readPinned();
}

/** Takes in what another tab has made of the history. @throws FailureError storage */
async function catchUp(): Promise<void> {
  const [kept, unkept] = await Promise.all([archive.list(), spare.list()]);
  const before = pinnedEntry()?.id;
  useHistory.setState({ entries: [...kept, ...unkept].sort((a, b) => b.at - a.at) });
  if (pinnedEntry()?.id !== before) await readPinned();
}

const pinnedEntry = () => useHistory.getState().entries.find(({ pinned }) => pinned);

/** One run that cannot be read, as a newer version may have kept it, takes none of the others along. */
async function readPinned(): Promise<void> {
  const pin = pinnedEntry();
  const pinned = pin ? await eventsOf(pin.id).catch(() => null) : null;
  useHistory.setState({ pinned });
}

/** Keeps a run that has ended and committed something. One that the browser has no room for is kept until the page is closed. */
export function keepRun(events: readonly RunEvent[]): Promise<void> {
  return queue(async () => {
    const summary = summarise(events);
    if (!summary || summary.committed === 0) return;
    const at = Date.now();
    const trace = JSON.stringify(encodeTrace(events, { recordedAt: new Date(at).toISOString() }));
    const entry: HistoryEntry = { id: newId(at), at, bytes: new Blob([trace]).size, pinned: false, summary };
    remember(entry.id, events);
    await store(entry, trace);
  });
}

async function store(entry: HistoryEntry, trace: string): Promise<void> {
  let gone: readonly string[] = [];
  try {
    gone = await archive.add(entry, trace, HISTORY_LIMITS);
    if (useHistory.getState().keeps === 'browser') useHistory.setState({ failure: null });
  } catch (thrown) {
    await spare.add(entry, trace, HISTORY_LIMITS);
    useHistory.setState(({ unkept }) => ({ failure: toFailure(thrown), unkept: [...unkept, entry.id] }));
  }
  useHistory.setState(({ entries }) => ({
    entries: [entry, ...entries.filter(({ id }) => id !== entry.id && !gone.includes(id))].sort((a, b) => b.at - a.at),
  }));
}

/** The run of `id` on the page, in place of the one that stands there. @throws FailureError why it cannot be read */
export async function openRun(id: string): Promise<void> {
  showRun(await eventsOf(id));
}

/** The id in the history of the run with these `events`; null if it is not there. */
export function idOf(events: readonly RunEvent[]): string | null {
  for (const [id, each] of known) if (each === events) return id;
  return null;
}

/** Pins `id`, in place of the run that is pinned; null: none. @throws FailureError why it cannot be read, or the pin cannot be kept */
export function pinRun(id: string | null): Promise<void> {
  return queue(async () => {
    const pinned = id === null ? null : await eventsOf(id);
    await catchUp().catch(() => undefined);
    const entries = useHistory.getState().entries.map((entry) => ({ ...entry, pinned: entry.id === id }));
    const changed = entries.filter((entry, i) => entry.pinned !== useHistory.getState().entries[i]?.pinned);
    useHistory.setState({ entries, pinned });
    await spare.change(changed);
    await archive.change(changed);
  });
}

/** Deletes runs. @returns a function that puts them back. @throws FailureError where the browser does not let go of them */
export function deleteRuns(ids: readonly string[]): Promise<() => Promise<void>> {
  return queue(async () => {
    const gone = useHistory.getState().entries.filter(({ id }) => ids.includes(id));
    const runs = await Promise.all(gone.map(async (entry) => ({ entry, trace: await traceOf(entry.id) })));
    const { pinned } = useHistory.getState();
    await archive.remove(ids);
    await spare.remove(ids);
    useHistory.setState(({ entries, unkept }) => ({
      entries: entries.filter(({ id }) => !ids.includes(id)),
      unkept: unkept.filter((id) => !ids.includes(id)),
      ...(gone.some((entry) => entry.pinned) ? { pinned: null } : {}),
    }));
    return () =>
      queue(async () => {
        // Another run may have been pinned in between.
        const taken = useHistory.getState().entries.some((entry) => entry.pinned);
        for (const { entry, trace } of runs) if (trace !== null) await store({ ...entry, pinned: entry.pinned && !taken }, trace);
        if (!taken && gone.some((entry) => entry.pinned)) useHistory.setState({ pinned });
      });
  });
}

async function eventsOf(id: string): Promise<readonly RunEvent[]> {
  const events = known.get(id) ?? readTrace((await traceOf(id)) ?? '').events;
  remember(id, events);
  return events;
}

async function traceOf(id: string): Promise<string | null> {
  return (await spare.read(id)) ?? (await archive.read(id));
}

/** The latest few. */
function remember(id: string, events: readonly RunEvent[]): void {
  known.delete(id);
  known.set(id, events);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
}

let count = 0;

/** Different in every window that is open at once. */
function newId(at: number): string {
  const [chance = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `${at.toString(36)}-${chance.toString(36)}-${count++}`;
}

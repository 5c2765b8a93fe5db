/**
 * Models of a hub, alone or in pairs, from the moment that a person asks about them: what their small files say, what the rest would take, and how far it is.
 * Nothing large is fetched before a person has agreed to it. What has begun is remembered, so that another visit goes on with it.
 */
import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { cacheBytesOf } from '../../catalog/architecture';
import { type DownloadPlan, planDownload } from '../../catalog/downloadPlan';
import { deleteHubModel, folderOfHubModel, idOfHubModel, keepHubModel } from '../../catalog/hubModels';
import { checkPair, mismatch, sharesVocabulary } from '../../catalog/pairing';
import type { PrebuiltRecord } from '../../catalog/prebuilt';
import { type ModelSpec, mapModels, modelsOf, type PairSpec } from '../../catalog/spec';
import { SHELVES } from '../../catalog/storedModels';
import { type Failure, FailureError, toFailure } from '../../core/failure';
import { versionOfFiles } from '../../core/run/exports';
import { BROWSER_PORTS } from '../../engine/ownPorts';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { keepStored, roomHere } from '../../storage/browserRoom';
import { type Arrived, noted } from '../../storage/rate';
import type { TransferUpdate } from '../../storage/transfer';
import { readAddedModels, useCatalogue } from '../engine/catalogue';
import { sendTask } from '../engine/connection';
import { useHalfCaches, withChosenCache } from '../engine/halfCaches';
import { chooseDraft, chooseHalfCaches, chooseTarget } from '../engine/loading';
import { backendOfWork, useWork } from '../engine/work';
import { lookAtStorage } from '../offline/offline';
import { rememberedStorage } from '../page/remembered';
import { whileAlone } from './downloadLocks';
import { modelIdsOf, showElsewhere, tellTabs, tellTabsOfEnd, useOtherTabs } from './otherTabs';
import { readPublished, recordToFetch, usePublished } from './published';

/** A model that a person asks about. */
export interface Wanted {
  readonly record: PrebuiltRecord;
  /** As the page calls it. */
  readonly name: string;
}

export interface Download {
  readonly key: string;
  readonly target: Wanted;
  /** null: the target alone. */
  readonly draft: Wanted | null;
  /** Tokens that each cache is to hold; null: as its record has it. */
  readonly context: number | null;
  /** `looking`: the small files come. `looked`: the rest waits to be agreed to. */
  readonly state: 'looking' | 'looked' | 'fetching' | 'paused' | 'failed' | 'done';
  /** null until the small files are there. */
  readonly pair: PairSpec | null;
  readonly plan: DownloadPlan | null;
  readonly transfer: TransferUpdate | null;
  /** What had come by when, on the page's clock. */
  readonly arrived: readonly Arrived[];
  readonly nowMs: number;
  /** Why it could not be looked at, or may not be fetched as a pair. */
  readonly failure: Failure | null;
  /** Whether a person has agreed to fetch it. */
  readonly agreed: boolean;
}

export interface DownloadsState {
  /** The latest first. */
  readonly downloads: readonly Download[];
}

const Record = v.looseObject({ model: v.string(), model_id: v.string(), model_lib: v.string() });
const StoredWanted = v.object({ record: Record, name: v.string() });
const Stored = v.object({
  agreed: v.array(v.object({ target: StoredWanted, draft: v.nullable(StoredWanted), context: v.nullable(v.number()) })),
});

export const useDownloads = create<DownloadsState>()(
  persist((): DownloadsState => ({ downloads: [] }), {
    name: 'foretoken.downloads',
    version: 1,
    storage: rememberedStorage(1),
    partialize: ({ downloads }) => ({
      agreed: downloads
        .filter(({ agreed, state }) => agreed && state !== 'done')
        .map(({ target, draft, context }) => ({ target, draft, context })),
    }),
    migrate: () => ({}),
    merge: (stored, current) => {
      const read = v.safeParse(Stored, stored);
      if (!read.success) return current;
      const begun = read.output.agreed.map(({ target, draft, context }) => ({
        ...newDownload(target as Wanted, draft as Wanted | null),
        context,
        state: 'paused' as const,
        agreed: true,
      }));
      return { downloads: begun };
    },
  }),
);

/** What is being looked at or fetched, by its key. */
const underWay = new Map<string, { readonly controller: AbortController; readonly ended: Promise<void> }>();
/** Between two looks at the clock while a download is under way: it may be silent. */
const TICK_MS = 1000;

function newDownload(target: Wanted, draft: Wanted | null): Download {
  const key = [target, draft].map((each) => each?.record.model_id ?? '').join(' + ');
  const nothing = { pair: null, plan: null, transfer: null, arrived: [], nowMs: 0, failure: null, context: null };
  return { key, target, draft, state: 'looking', agreed: false, ...nothing };
}

/** Fetches the small files of `target` and `draft`, and says what the rest would take. Failures land in the state. */
export async function lookAt(target: Wanted, draft: Wanted | null): Promise<void> {
  const download = newDownload(target, draft);
  const known = find(download.key);
  if (known && known.state !== 'looked' && known.state !== 'failed' && known.state !== 'done') return;
  useDownloads.setState(({ downloads }) => ({ downloads: [download, ...downloads.filter(({ key }) => key !== download.key)] }));
  await look(download.key);
}

/** Looks again, as after a failure, or at what was begun at an earlier visit. */
export async function lookAgain(key: string): Promise<void> {
  if (find(key) && !underWay.has(key)) await look(key);
}

/** `work` as what is under way with `key`; it throws nothing. */
async function during(key: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const ended = work(controller.signal).finally(() => underWay.delete(key));
  underWay.set(key, { controller, ended });
  await ended;
}

async function look(key: string): Promise<void> {
  const download = find(key);
  if (!download) return;
  change(key, { state: 'looking', failure: null });
  await during(key, async (signal) => {
    try {
      const pair = await inspectPair(download, signal);
      if (signal.aborted) return;
      change(key, { pair });
      requirePair(pair);
      await plan(key);
      change(key, { state: download.agreed ? 'paused' : 'looked' });
    } catch (thrown) {
      if (!signal.aborted) change(key, { state: 'failed', failure: toFailure(thrown) });
    }
  });
}

async function inspectPair({ target, draft, context, agreed }: Download, signal: AbortSignal): Promise<PairSpec> {
  const [of, other] = await Promise.all([target, draft].map((wanted) => (wanted ? inspect(wanted, agreed, signal) : null)));
  if (!of) throw new RangeError('there is no target');
  return withContext({ target: of, draft: other ?? null }, context);
}

async function inspect({ record, name }: Wanted, begun: boolean, signal: AbortSignal): Promise<ModelSpec> {
  // Only with the list it is known whether a mirror stands in for the record's hub.
  if (usePublished.getState().list === null) await readPublished();
  const id = idOfHubModel(record.model_id);
  const folder = folderOfHubModel(id, document.baseURI);
  const task = { type: 'inspect', record: recordToFetch(record), folder, begun } as const;
  for await (const update of sendTask(task, signal)) if (update.type === 'inspected') return { ...update.model, id, name };
  throw new FailureError('aborted', 'Looking at the model was stopped.', 'Look at it again.');
}

/** @throws FailureError vocabulary-mismatch, rollback-missing */
function requirePair(pair: PairSpec): void {
  checkPair(pair);
  const { target, draft } = pair;
  if (draft !== null && draft !== 'itself' && sharesVocabulary(target, draft) !== true) throw mismatch(target, draft);
}

/** `pair` with caches of `context` tokens. */
function withContext({ target, draft }: PairSpec, context: number | null): PairSpec {
  const cut = (model: ModelSpec): ModelSpec => {
    if (context === null || context >= model.context) return model;
    return { ...model, context, revision: versionOfFiles([model.revision, String(context)]) };
  };
  return { target: cut(target), draft: draft === null || draft === 'itself' ? draft : cut(draft) };
}

async function plan(key: string): Promise<void> {
  const pair = find(key)?.pair;
  if (!pair) return;
  const [device, roomBytes] = await Promise.all([BROWSER_PORTS.device(), roomHere()]);
  const isCpu = device === null || backendOfWork() === 'cpu';
  const around = {
    ...({ backend: isCpu ? 'cpu' : 'webgpu', bindingBytes: isCpu ? null : device.bindingBytes, roomBytes } as const),
    memoryBytes: BROWSER_PORTS.memory(),
  };
  change(key, { plan: await planDownload(mapModels(pair, withChosenCache), BROWSER_CACHE, around) });
}

/** Has each cache hold `context` tokens, which takes less memory. Before it is fetched. */
export async function chooseContext(key: string, context: number): Promise<void> {
  if (find(key)?.state !== 'looked') return;
  change(key, { context });
  await look(key);
}

/** Has the caches of `key` hold keys and values in half precision, or in full. Before it is fetched. */
export async function chooseCaches(key: string, half: boolean): Promise<void> {
  const { state, plan: planned } = find(key) ?? {};
  if (state !== 'looked') return;
  const ids = planned?.models.flatMap(({ id, architecture }) => (architecture?.halvesCache ? [id] : [])) ?? [];
  await chooseHalfCaches(ids, half);
  await plan(key);
}

/** Fetches `key` without its draft. */
export async function lookAtTargetAlone(key: string): Promise<void> {
  const download = find(key);
  if (!download) return;
  forget(key);
  await lookAt(download.target, null);
}

/** Whether a download is under way, here or in another tab: one at a time has the connection. */
export function isFetching({ downloads } = useDownloads.getState(), others = useOtherTabs.getState()): boolean {
  return downloads.some(({ state }) => state === 'fetching') || others.downloads.length > 0;
}

/** A person has agreed: fetches all that is missing. What comes wrong is told, and the next call fetches that alone. */
export async function startDownload(key: string, now: () => number = () => performance.now()): Promise<void> {
  if (isFetching()) return;
  if (find(key)?.pair === null) await look(key);
  const before = find(key);
  const pair = before?.pair;
  if (!pair || underWay.has(key) || isFetching()) return;
  change(key, { state: 'fetching', agreed: true, transfer: null, arrived: [], nowMs: now(), failure: null });
  await during(key, async (signal) => {
    const isAlone = await whileAlone(modelIdsOf(before), async () => {
      // It asks some persons, who know now what for.
      void keepStored();
      await fetchPair(key, pair, signal, now);
    });
    if (isAlone) return;
    change(key, before);
    showElsewhere({ key, download: before });
  });
  await plan(key).catch(() => undefined);
  void lookAtStorage();
}

/** Fetches `pair`; how that ends lands in the state. */
async function fetchPair(key: string, pair: PairSpec, signal: AbortSignal, now: () => number): Promise<void> {
  const tell = (changes: Partial<Download>) => {
    change(key, changes);
    const download = find(key);
    if (download) tellTabs(download);
  };
  const ticking = setInterval(() => tell({ nowMs: now() }), TICK_MS);
  try {
    for await (const update of sendTask({ type: 'fetch', models: modelsOf(pair) }, signal)) {
      if (update.type === 'fetching') tell(arrival(key, update.transfer, now()));
    }
    const ended = find(key)?.transfer?.state;
    if (ended === 'done') await keep(key, pair);
    else change(key, { state: ended === 'failed' ? 'failed' : 'paused' });
  } catch (thrown) {
    change(key, { state: 'failed', failure: toFailure(thrown) });
  } finally {
    clearInterval(ticking);
    tellTabsOfEnd(key);
  }
}

function arrival(key: string, transfer: TransferUpdate, nowMs: number): Partial<Download> {
  const { arrived = [] } = find(key) ?? {};
  return { transfer, nowMs, arrived: noted(arrived, { atMs: nowMs, bytes: transfer.fetchedBytes }) };
}

async function keep(key: string, pair: PairSpec): Promise<void> {
  for (const model of modelsOf(pair)) await keepHubModel(BROWSER_CACHE, document.baseURI, model);
  await readAddedModels();
  change(key, { state: 'done' });
}

/** Stops the download; every file that is complete stays. */
export function pauseDownload(key: string): void {
  underWay.get(key)?.controller.abort();
}

/** Stops it, and deletes what has come of the models that are not complete. */
export async function cancelDownload(key: string): Promise<void> {
  const download = find(key);
  if (!download) return;
  const working = underWay.get(key);
  working?.controller.abort();
  await working?.ended;
  forget(key);
  const others = useDownloads.getState().downloads.flatMap(({ target, draft }) => [target, draft]);
  for (const wanted of [download.target, download.draft]) {
    // Another download may want one of them, here or in another tab.
    if (!wanted || isHere(wanted.record) || others.some((other) => other?.record.model_id === wanted.record.model_id)) continue;
    const { model_id: id } = wanted.record;
    await whileAlone([id], () => deleteHubModel(BROWSER_CACHE, document.baseURI, idOfHubModel(id))).catch(() => undefined);
  }
  void lookAtStorage();
}

/** Takes what has ended off the list. */
export function dismissDownload(key: string): void {
  if (find(key)?.state === 'done') forget(key);
}

/** Chooses the models that came with `key`; not while the models are at work. */
export async function chooseDownloaded(key: string): Promise<void> {
  const pair = find(key)?.pair;
  if (!pair || useWork.getState().current !== null) return;
  void chooseTarget(pair.target.id);
  if (pair.draft !== null && pair.draft !== 'itself') await chooseDraft({ draft: pair.draft.id, drafting: 'model' });
}

/** What was begun at an earlier visit is looked at, where its small files are still stored: nothing is fetched for that. */
export async function lookAtBegun(): Promise<void> {
  for (const { key, pair, target, draft, state } of useDownloads.getState().downloads) {
    if (state !== 'paused' || pair !== null) continue;
    const wanted = draft ? [target, draft] : [target];
    const stored = await Promise.all(wanted.map(areSmallFilesStored)).catch(() => [false]);
    if (stored.every(Boolean)) await lookAgain(key);
  }
}

async function areSmallFilesStored({ record }: Wanted): Promise<boolean> {
  const base = `${folderOfHubModel(idOfHubModel(record.model_id), document.baseURI)}/resolve/main/`;
  const isThere = async (shelf: string, name: string) => (await (await BROWSER_CACHE.open(shelf)).about(`${base}${name}`)) !== null;
  const [config, tensors, json, model] = await Promise.all([
    isThere(SHELVES.config, 'mlc-chat-config.json'),
    ...['tensor-cache.json', 'tokenizer.json', 'tokenizer.model'].map((name) => isThere(SHELVES.weights, name)),
  ]);
  return Boolean(config && tensors && (json || model));
}

/**
 * Bytes of memory that the caches of `download` take at `context` tokens; null where that is not known.
 *
 * @param half whether those that can be are in half precision; by default as chosen
 */
export function cacheBytesAt({ plan: planned }: Pick<Download, 'plan'>, context: number, half?: boolean): number | null {
  const { models: halved } = useHalfCaches.getState();
  const sizes = planned?.models.map(({ id, architecture }) =>
    architecture ? cacheBytesOf(architecture, { tokens: context, half: half ?? halved.includes(id), states: false }) : null,
  ) ?? [null];
  return sizes.includes(null) ? null : sizes.reduce<number>((sum, each) => sum + (each ?? 0), 0);
}

// What another tab has fetched meanwhile is not begun here any more.
useCatalogue.subscribe(({ catalogue }) => {
  const hasCome = (download: Download) =>
    download.agreed &&
    download.state === 'paused' &&
    [download.target, download.draft].every((wanted) => !wanted || isHere(wanted.record, catalogue));
  for (const download of useDownloads.getState().downloads) if (hasCome(download) && !underWay.has(download.key)) forget(download.key);
});

function find(key: string): Download | undefined {
  return useDownloads.getState().downloads.find((each) => each.key === key);
}

function change(key: string, changes: Partial<Download>): void {
  useDownloads.setState(({ downloads }) => ({ downloads: downloads.map((each) => (each.key === key ? { ...each, ...changes } : each)) }));
}

function forget(key: string): void {
  useDownloads.setState(({ downloads }) => ({ downloads: downloads.filter((each) => each.key !== key) }));
}

/** Whether the page already has the model of `record`, whole. */
export function isHere({ model_id: id }: PrebuiltRecord, catalogue = useCatalogue.getState().catalogue): boolean {
  return catalogue?.models.some((model) => model.id === idOfHubModel(id)) ?? false;
}

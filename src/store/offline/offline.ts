import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { isKept, keepResolved } from '../../catalog/lists';
import type { Catalogue } from '../../catalog/resolve';
import { isAdded, type ModelSpec, modelsOf, type PairSpec } from '../../catalog/spec';
import { deleteStored, findStored, type StoredModel, storeModel } from '../../catalog/storedModels';
import { type Failure, toFailure } from '../../core/failure';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { keptList } from '../../storage/keptList';
import { chosenPair, chosenTarget, listOfTarget, useCatalogue, wholePair } from '../engine/catalogue';
import { followOtherTabs, rememberedStorage } from '../page/remembered';
import type { ShellState } from './shell';

export interface OfflineState {
  /** What of each model is stored, by its id; empty until it was looked at. */
  readonly models: Readonly<Record<string, StoredModel>>;
  /** Whether the list of the target is kept for a page without a network. */
  readonly listKept: boolean;
  /** The model that is being stored, independent of loading. */
  readonly storing: { readonly model: string; readonly loadedBytes: number } | null;
  /** The browser's storage for this site, in bytes; null if it does not say. */
  readonly room: { readonly used: number; readonly available: number } | null;
  /** Whether the browser has promised not to clear it for want of room; null if it cannot. */
  readonly protected: boolean | null;
  readonly failure: Failure | null;
  /** Whether all of this is being shown. */
  readonly panel: boolean;
}

export interface OfflineMemory {
  /** Whether a person was told that the page works offline. */
  readonly told: boolean;
  /** Whether the browser was asked to protect what is stored. */
  readonly asked: boolean;
  /** Models that a person deleted, which are stored again only on request. */
  readonly unwanted: readonly string[];
}

export const useOffline = create<OfflineState>()(() => ({
  models: {},
  listKept: false,
  storing: null,
  room: null,
  protected: null,
  failure: null,
  panel: false,
}));

const StoredMemory = v.object({ told: v.boolean(), asked: v.boolean(), unwanted: v.array(v.string()) });

export const useOfflineMemory = create<OfflineMemory>()(
  persist((): OfflineMemory => ({ told: false, asked: false, unwanted: [] }), {
    name: 'foretoken.offline',
    version: 1,
    storage: rememberedStorage(1),
    migrate: () => ({}),
    merge: (stored, current) => {
      const parsed = v.safeParse(StoredMemory, stored);
      return parsed.success ? { ...current, ...parsed.output } : current;
    },
  }),
);
followOtherTabs(useOfflineMemory);

/** Whether the page and the models of `pair` are all stored, so that the next visit needs no network. */
export function isReadyOffline({ shell }: ShellState, { models, listKept }: OfflineState, pair: PairSpec | null): boolean {
  return shell === 'stored' && listKept && pair !== null && isWhole(pair, models);
}

function isWhole(pair: PairSpec, models: OfflineState['models']): boolean {
  return modelsOf(pair).every(({ id }) => models[id]?.whole);
}

/** Looks at the storage: what is kept of the models, how much room there is, whether it is protected. Where a whole pair is stored, its list is kept too. */
export async function lookAtStorage(): Promise<void> {
  const { catalogue } = useCatalogue.getState();
  const [list, pair] = [listOfTarget(), wholePair()];
  try {
    if (catalogue && pair) {
      const found = await Promise.all(catalogue.models.map(async (model) => [model.id, await findStored(model, BROWSER_CACHE)] as const));
      const models = Object.fromEntries(found);
      if (isWhole(pair, models)) {
        if (list && !(await isKept(list, BROWSER_CACHE))) await keepResolved(list, BROWSER_CACHE);
        await keepFirstList(catalogue);
      }
      // A model from a hub is in no list, and was read from the storage.
      useOffline.setState({ models, listKept: list === null || (await isKept(list, BROWSER_CACHE)) });
    }
  } catch (thrown) {
    useOffline.setState({ failure: toFailure(thrown) });
  }
  await lookAtRoom();
}

/** A page without a network reads the first list, whichever target is stored. */
async function keepFirstList({ lists: [first] }: Catalogue): Promise<void> {
  if (first && (await keptList(BROWSER_CACHE, first.url)) === null) await keepResolved(first, BROWSER_CACHE);
}

/** Stores the model `id` without loading it. Failures land in the state. */
export async function storeOffline(id: string): Promise<void> {
  const model = modelOf(id);
  if (!model || useOffline.getState().storing) return;
  useOfflineMemory.setState(({ unwanted }) => ({ unwanted: unwanted.filter((each) => each !== id) }));
  useOffline.setState({ storing: { model: id, loadedBytes: 0 }, failure: null });
  try {
    const report = ({ loadedBytes }: { loadedBytes: number }) => useOffline.setState({ storing: { model: id, loadedBytes } });
    await storeModel(model, BROWSER_CACHE, report, new AbortController().signal);
  } catch (thrown) {
    useOffline.setState({ failure: toFailure(thrown) });
  } finally {
    useOffline.setState({ storing: null });
  }
  await lookAtStorage();
}

/** Stores the target and every draft of it that is not, but those that a person deleted. */
export async function storePair(): Promise<void> {
  const target = chosenTarget();
  if (!target) return;
  // What a person added is stored from the start, and nobody asked for what else may draft for it than drafts now.
  const pair = chosenPair();
  const drafts = isAdded(target.model.id) ? (pair ? modelsOf(pair).slice(1) : []) : target.drafts.map(({ model }) => model);
  for (const { id } of [target.model, ...drafts]) {
    if (isAdded(id) || useOffline.getState().models[id]?.whole || useOfflineMemory.getState().unwanted.includes(id)) continue;
    await storeOffline(id);
    if (useOffline.getState().failure) return;
  }
}

/** Deletes what is stored of the model `id`; a library that another stored model needs stays. What is loaded goes on working. */
export async function deleteOffline(id: string): Promise<void> {
  const model = modelOf(id);
  if (!model) return;
  const others = othersStored(id, useOffline.getState().models);
  useOfflineMemory.setState(({ unwanted }) => ({ unwanted: [...unwanted.filter((each) => each !== id), id] }));
  try {
    await deleteStored(model, others, BROWSER_CACHE);
    useOffline.setState({ failure: null });
  } catch (thrown) {
    useOffline.setState({ failure: toFailure(thrown) });
  }
  await lookAtStorage();
}

/** All models but `id` that are stored whole: what they share with it stays when it is deleted. */
export function othersStored(id: string, stored: OfflineState['models']): ModelSpec[] {
  const { catalogue } = useCatalogue.getState();
  return catalogue?.models.filter((other) => other.id !== id && stored[other.id]?.whole) ?? [];
}

function modelOf(id: string): ModelSpec | undefined {
  return useCatalogue.getState().catalogue?.models.find((model) => model.id === id);
}

/** Asks the browser to protect what is stored; some ask the person in turn. */
export async function protectStorage(): Promise<void> {
  useOfflineMemory.setState({ asked: true });
  await navigator.storage?.persist?.().catch(() => false);
  await lookAtRoom();
}

export function showOfflinePanel(): void {
  useOffline.setState({ panel: true });
  void lookAtStorage();
}

export function hideOfflinePanel(): void {
  useOffline.setState({ panel: false });
}

/** The person has been told that the page works offline. */
export function noteReadyTold(): void {
  useOfflineMemory.setState({ told: true });
}

export function dismissOfflineFailure(): void {
  useOffline.setState({ failure: null });
}

async function lookAtRoom(): Promise<void> {
  const { storage } = navigator;
  const estimate = await storage?.estimate?.().catch(() => null);
  const persisted = await storage?.persisted?.().catch(() => null);
  const { usage, quota } = estimate ?? {};
  const room = usage === undefined || quota === undefined ? null : { used: usage, available: Math.max(0, quota - usage) };
  useOffline.setState({ room, protected: persisted ?? null });
}

import { create } from 'zustand';
import { draftsOnCpu, findTarget } from '../../catalog/pairing';
import type { TargetSpec } from '../../catalog/resolve';
import { bytesOf, filesOf, modelsOf, type PairSpec } from '../../catalog/spec';
import { findStored } from '../../catalog/storedModels';
import { type Failure, toFailure } from '../../core/failure';
import type { LoadProgress } from '../../engine/tasks';
import type { BackendChoice, ChosenDrafting } from '../../formats/settings';
import { BROWSER_CACHE } from '../../storage/browserCache';
import { changeSettings, type Settings, targetChange, useSettings } from '../run/settings';
import { useBackend } from './backend';
import { adoptCaches, chosenPair, chosenTarget, distrustLists, isEmbedded, readCatalogue, useCatalogue } from './catalogue';
import { sendTask, warmUpEngine, whenEngineIsLost } from './connection';
import { useHalfCaches } from './halfCaches';
import { forgetMemory, receiveMemory } from './memory';
import { onceFree, useWork } from './work';

export interface LoadingState {
  /** The latest progress of every model that was asked for, by its id. */
  readonly progress: Readonly<Record<string, LoadProgress>>;
  readonly failure: Failure | null;
  /** Whether the chosen models are being loaded, whatever they have reported so far; a run loads what it needs by itself. */
  readonly underWay: boolean;
  /** Whether the chosen models would have to be downloaded, and wait for a person to ask for that. */
  readonly unasked: boolean;
}

export const useLoading = create<LoadingState>()(() => ({ progress: {}, failure: null, underWay: false, unasked: false }));

/** `if-stored`: nobody has asked for these models now, so others than the page's own are loaded only where they are stored. */
type When = 'now' | 'if-stored';

/** The load under way. */
let loading: { readonly controller: AbortController; readonly when: When } | null = null;

/** Reads the lists of models, unless they are there, and makes the chosen pair ready, in place of any load under way. Failures land in the state. */
export async function load(when: When = 'now'): Promise<void> {
  stopLoading();
  const mine = { controller: new AbortController(), when };
  loading = mine;
  useLoading.setState({ failure: null, underWay: true, unasked: false });
  warmUpEngine();
  try {
    await readCatalogue();
    const pair = chosenPair();
    if (!pair || loading !== mine) return;
    if (when === 'if-stored' && !isEmbedded(chosenTarget()) && !(await areStored(pair))) {
      if (loading === mine) useLoading.setState({ unasked: true });
      return;
    }
    for await (const update of sendTask({ type: 'load', pair }, mine.controller.signal)) {
      if (loading !== mine) continue;
      if (update.type === 'progress') receiveProgress(update);
      if (update.type === 'memory') receiveMemory(update);
    }
    if (loading === mine) confirmReady(pair);
  } catch (thrown) {
    if (loading === mine) failLoading(toFailure(thrown));
  } finally {
    if (loading === mine) ended();
  }
}

/** All of `pair` is ready now: of a model that the engine held already it told nothing. */
function confirmReady(pair: PairSpec): void {
  const { progress } = useLoading.getState();
  const backend = useBackend.getState().computedBy?.backend ?? 'webgpu';
  for (const model of modelsOf(pair).filter(({ id }) => progress[id]?.phase !== 'ready')) {
    const bytes = bytesOf(filesOf(model));
    receiveProgress({
      type: 'progress',
      model: model.id,
      name: model.name,
      phase: 'ready',
      loadedBytes: bytes,
      totalBytes: bytes,
      backend,
    });
  }
}

/** Whether nothing of `pair` would be downloaded. */
async function areStored(pair: PairSpec): Promise<boolean> {
  const found = await Promise.all(modelsOf(pair).map((model) => findStored(model, BROWSER_CACHE))).catch(() => []);
  return found.length > 0 && found.every(({ whole }) => whole);
}

/** Ends the load under way, if there is one, as one that was asked to; files that are complete are kept. */
export function stopLoading(): void {
  loading?.controller.abort();
  ended();
  forgetUnready();
}

function ended(): void {
  loading = null;
  useLoading.setState({ underWay: false });
}

function failLoading(failure: Failure): void {
  distrustLists();
  forgetUnready();
  useLoading.setState({ failure });
}

/** Models that will not become ready are not shown as on their way. */
export function forgetUnready(): void {
  const { progress } = useLoading.getState();
  const ready = Object.entries(progress).filter(([, { phase }]) => phase === 'ready');
  useLoading.setState({ progress: Object.fromEntries(ready) });
}

/** The model `id` was unloaded. */
export function forgetModel(id: string): void {
  const { [id]: _, ...progress } = useLoading.getState().progress;
  useLoading.setState({ progress });
}

/** After the device or the engine is lost no model is ready. */
export function forgetModels(): void {
  useLoading.setState({ progress: {} });
  useBackend.setState({ computedBy: null });
  forgetMemory();
}

whenEngineIsLost(forgetModels);

/** Chooses the target `id`, with `drafting`, or with what drafted for it last, and starts to load it; not while the models are at work. */
export async function chooseTarget(id: string, drafting: Partial<ChosenDrafting> = {}): Promise<void> {
  if (useWork.getState().current !== null) return;
  const target = findTarget(useCatalogue.getState().catalogue?.targets ?? [], id);
  changeSettings({ ...(target ? changeTo(target) : targetChange(useSettings.getState(), id)), ...drafting });
  await load();
}

/** The pair that choosing `target` loads, or that is chosen where it is. */
export function pairToLoad(target: TargetSpec): PairSpec | null {
  const settings = useSettings.getState();
  return chosenPair(settings.target === target.model.id ? settings : { ...settings, ...changeTo(target) }, target);
}

/**
 * What choosing `target` changes. It drafts as it did last. A new one begins with its first draft; where the CPU computes, chosen or found faster than WebGPU in software,
 * with the first that the CPU can run, or with n-grams.
 */
function changeTo({ model, drafts }: TargetSpec): Partial<Settings> {
  const settings = useSettings.getState();
  const change = targetChange(settings, model.id);
  if (settings.draftings[model.id] !== undefined || !cpuComputes()) return change;
  const [first] = draftsOnCpu(drafts, (draft) => draft.model);
  return { ...change, ...(first ? { draft: first.model.id } : { drafting: 'ngram' }) };
}

function cpuComputes(): boolean {
  const { backend, computedBy } = useBackend.getState();
  if (backend === 'cpu') return true;
  return backend === 'auto' && computedBy?.backend === 'cpu' && computedBy.because.why === 'faster';
}

/** Chooses what computes, and starts to load the models there; not while the models are at work. */
export async function chooseBackend(backend: BackendChoice): Promise<void> {
  if (useWork.getState().current !== null) return;
  useBackend.setState({ backend });
  // A person asks here, which the change alone does not tell.
  await load();
}

useBackend.subscribe(({ backend }, before) => {
  // Another tab may choose while the models are at work here.
  if (backend !== before.backend) onceFree(() => void takeOverBackend());
});

/** Models that are loaded where they will be stay ready; others tell of their way there. */
async function takeOverBackend(): Promise<void> {
  useBackend.setState({ computedBy: null });
  forgetMemory();
  const pair = chosenPair();
  if (pair) await load(asBefore(pair));
}

/** When to load `pair` after a choice that may be another tab's: it starts no download that a person has not asked for here, has stopped, or that failed. */
function asBefore(pair: PairSpec): When {
  return loading?.when === 'now' || isReady(pair, useLoading.getState()) ? 'now' : 'if-stored';
}

/** Has the models `ids` keep keys and values in half precision, or in full; what of them is chosen is loaded again. Not while the models are at work. */
export async function chooseHalfCaches(ids: readonly string[], half: boolean): Promise<void> {
  if (useWork.getState().current !== null) return;
  useHalfCaches.setState(({ models }) => {
    const others = models.filter((id) => !ids.includes(id));
    return { models: half ? [...others, ...ids] : others };
  });
  await takingOver;
}

/** Until the caches that were chosen, here or in another tab, hold here. */
let takingOver: Promise<void> = Promise.resolve();

useHalfCaches.subscribe(({ models }, before) => {
  const changed = [...models, ...before.models].filter((id) => models.includes(id) !== before.models.includes(id));
  if (changed.length === 0) return;
  // Another tab may choose while the models are at work here.
  const { promise, resolve } = Promise.withResolvers<void>();
  takingOver = promise;
  onceFree(() => resolve(takeOverCaches(changed)));
});

/** The models `ids` have other caches from now on: what of them is chosen is loaded again. */
async function takeOverCaches(ids: readonly string[]): Promise<void> {
  adoptCaches();
  const pair = chosenPair();
  const changed = pair ? modelsOf(pair).filter(({ id }) => ids.includes(id)) : [];
  if (!pair || changed.length === 0) return;
  for (const { id } of changed) forgetModel(id);
  forgetMemory();
  await load(asBefore(pair));
}

/** Chooses what drafts and starts to load it. */
export async function chooseDraft(choice: Partial<Pick<Settings, 'draft' | 'drafting'>>): Promise<void> {
  changeSettings(choice);
  await load();
}

export function receiveProgress(update: LoadProgress): void {
  useLoading.setState(({ progress }) => ({ progress: { ...progress, [update.model]: update }, unasked: false }));
}

export function dismissLoadingFailure(): void {
  useLoading.setState({ failure: null });
}

/** Whether every model of `pair` is ready. */
export function isReady(pair: PairSpec, { progress }: Pick<LoadingState, 'progress'>): boolean {
  return modelsOf(pair).every(({ id }) => progress[id]?.phase === 'ready');
}

import { create } from 'zustand';
import { modelsOf, type PairSpec } from '../../catalog/spec';
import { type Failure, toFailure } from '../../core/failure';
import type { LoadProgress } from '../../engine/tasks';
import { changeSettings, type Settings } from '../run/settings';
import { chosenPair, distrustLists, readCatalogue } from './catalogue';
import { sendTask, warmUpEngine, whenEngineIsLost } from './connection';
import { forgetMemory, receiveMemory } from './memory';

export interface LoadingState {
  /** The latest progress of every model that was asked for, by its id. */
  readonly progress: Readonly<Record<string, LoadProgress>>;
  readonly failure: Failure | null;
}

export const useLoading = create<LoadingState>()(() => ({ progress: {}, failure: null }));

let loading: AbortController | null = null;

/** Reads the lists of models, unless they are there, and makes the chosen pair ready, in place of any load under way. Failures land in the state. */
export async function load(): Promise<void> {
  stopLoading();
  const mine = new AbortController();
  loading = mine;
  useLoading.setState({ failure: null });
  warmUpEngine();
  try {
    await readCatalogue();
    const pair = chosenPair();
    if (!pair || loading !== mine) return;
    for await (const update of sendTask({ type: 'load', pair }, mine.signal)) {
      if (loading !== mine) continue;
      if (update.type === 'progress') receiveProgress(update);
      if (update.type === 'memory') receiveMemory(update);
    }
  } catch (thrown) {
    if (loading === mine) failLoading(toFailure(thrown));
  } finally {
    if (loading === mine) loading = null;
  }
}

/** Ends the load under way, if there is one, as one that was asked to; files that are complete are kept. */
export function stopLoading(): void {
  loading?.abort();
  loading = null;
  forgetUnready();
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

/** After the device or the engine is lost no model is ready. */
export function forgetModels(): void {
  useLoading.setState({ progress: {} });
  forgetMemory();
}

whenEngineIsLost(forgetModels);

/** Chooses what drafts and starts to load it. */
export async function chooseDraft(choice: Partial<Pick<Settings, 'draft' | 'drafting'>>): Promise<void> {
  changeSettings(choice);
  await load();
}

export function receiveProgress(update: LoadProgress): void {
  useLoading.setState(({ progress }) => ({ progress: { ...progress, [update.model]: update } }));
}

export function dismissLoadingFailure(): void {
  useLoading.setState({ failure: null });
}

/** Whether every model of `pair` is ready. */
export function isReady(pair: PairSpec, { progress }: Pick<LoadingState, 'progress'>): boolean {
  return modelsOf(pair).every(({ id }) => progress[id]?.phase === 'ready');
}

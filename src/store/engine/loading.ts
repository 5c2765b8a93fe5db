import { create } from 'zustand';
import { draftChoices, fetchManifest, type Manifest } from '../../catalog/manifest';
import { type Failure, toFailure } from '../../core/failure';
import type { LoadProgress } from '../../engine/tasks';
import { changeSettings, useSettings } from '../run/settings';
import { sendTask, warmUpEngine, whenEngineIsLost } from './connection';
import { forgetMemory, receiveMemory } from './memory';

export interface LoadingState {
  /** null until it is read */
  readonly manifest: Manifest | null;
  /** The latest progress of every model that was asked for, by its id in the manifest. */
  readonly progress: Readonly<Record<string, LoadProgress>>;
  readonly failure: Failure | null;
}

export const useLoading = create<LoadingState>()(() => ({ manifest: null, progress: {}, failure: null }));

/** Absolute URL of the folder of the embedded pair, beside the page. */
export function modelsUrl(): string {
  return new URL('models/', document.baseURI).href;
}

let loading: AbortController | null = null;

/** Reads the manifest, unless it is there, and makes the chosen pair ready, in place of any load under way. Failures land in the state. */
export async function load(): Promise<void> {
  stopLoading();
  const mine = new AbortController();
  loading = mine;
  useLoading.setState({ failure: null });
  warmUpEngine();
  try {
    if (!useLoading.getState().manifest) await readManifest();
    const selection = { modelsUrl: modelsUrl(), draft: useSettings.getState().draft };
    for await (const update of sendTask({ type: 'load', selection }, mine.signal)) {
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

/** Chooses one of `draftChoices` and starts to load it. */
export async function chooseDraft(draft: string): Promise<void> {
  changeSettings({ draft });
  await load();
}

export function receiveProgress(update: LoadProgress): void {
  useLoading.setState(({ progress }) => ({ progress: { ...progress, [update.model]: update } }));
}

export function dismissLoadingFailure(): void {
  useLoading.setState({ failure: null });
}

async function readManifest(): Promise<void> {
  const manifest = await fetchManifest(modelsUrl());
  useLoading.setState({ manifest });
  const drafts = draftChoices(manifest);
  // A remembered draft that this pair does not have gives way to its first.
  const chosen = useSettings.getState().draft;
  const [first] = drafts;
  if (first && !drafts.some((draft) => draft.id === chosen)) changeSettings({ draft: first.id });
}

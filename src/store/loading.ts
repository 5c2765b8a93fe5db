import { create } from 'zustand';
import { type Failure, toFailure } from '../core/failure';
import { fetchManifest, type Manifest } from '../model/manifest';
import type { LoadProgress } from '../worker/protocol';
import { performTask } from './engine';
import { changeSettings, useSettings } from './settings';

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

/** Reads the manifest, unless it is there, and makes the chosen pair ready. Failures land in the state. */
export async function load(): Promise<void> {
  useLoading.setState({ failure: null });
  try {
    if (!useLoading.getState().manifest) await readManifest();
    const selection = { modelsUrl: modelsUrl(), draft: useSettings.getState().draft };
    for await (const update of performTask({ type: 'load', selection })) {
      if (update.type === 'progress') receiveProgress(update);
    }
  } catch (thrown) {
    useLoading.setState({ failure: toFailure(thrown) });
  }
}

/** Chooses a draft of the manifest and starts to load it. */
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
  const { drafts } = manifest.pair;
  // A remembered draft that this pair does not have gives way to its first.
  const chosen = useSettings.getState().draft;
  const [first] = drafts;
  if (first && !drafts.some((draft) => draft.id === chosen)) changeSettings({ draft: first.id });
}

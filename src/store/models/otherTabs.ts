/** Downloads that other tabs of this page have under way: they are shown here, and only their own tab changes them. */
import { create } from 'zustand';
import { readAddedModels } from '../engine/catalogue';
import { lookAtStorage } from '../offline/offline';
import type { Download } from './downloads';

const NAME = 'foretoken.downloads';
/** A tab that has not told anything for so long is closed, or its browser has stopped it. */
const SILENT_MS = 10_000;
/** Between two words about one download. */
const TELL_MS = 1000;

/** What a tab tells the others. `download` null: it is not under way any more. */
interface Told {
  readonly key: string;
  readonly download: Download | null;
}

export interface OtherTabsState {
  readonly downloads: readonly Download[];
}

export const useOtherTabs = create<OtherTabsState>()(() => ({ downloads: [] }));

// No tab outside a page.
const channel = typeof window === 'undefined' ? null : new BroadcastChannel(NAME);
channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => hear(data));

const silence = new Map<string, ReturnType<typeof setTimeout>>();

function hear({ key, download }: Told): void {
  clearTimeout(silence.get(key));
  const others = useOtherTabs.getState().downloads.filter((each) => each.key !== key);
  useOtherTabs.setState({ downloads: download ? [download, ...others] : others });
  if (download)
    silence.set(
      key,
      setTimeout(() => hear({ key, download: null }), SILENT_MS),
    );
  else void readAddedModels().then(lookAtStorage);
}

let toldMs = -Infinity;

/** Tells other tabs how far `download` is, which is under way here; not too often. */
export function tellTabs(download: Download): void {
  if (performance.now() - toldMs < TELL_MS) return;
  toldMs = performance.now();
  channel?.postMessage({ key: download.key, download } satisfies Told);
}

/** Tells other tabs that the download `key` is not under way here any more. */
export function tellTabsOfEnd(key: string): void {
  toldMs = -Infinity;
  channel?.postMessage({ key, download: null } satisfies Told);
}

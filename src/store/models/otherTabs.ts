/** Downloads that other tabs of this page have under way: they are shown here, and only their own tab changes them. */
import { create } from 'zustand';
import { readAddedModels } from '../engine/catalogue';
import { lookAtStorage } from '../offline/offline';
import { isAnyTaken } from './downloadLocks';
import type { Download } from './downloads';

const NAME = 'foretoken.downloads';
/** A tab that has not told anything for so long, and has not kept its models, is closed. */
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
channel?.addEventListener('message', ({ data }: MessageEvent<Told>) => showElsewhere(data));

const silence = new Map<string, ReturnType<typeof setTimeout>>();

/** Shows what another tab has under way. */
export function showElsewhere({ key, download }: Told): void {
  clearTimeout(silence.get(key));
  const others = useOtherTabs.getState().downloads.filter((each) => each.key !== key);
  useOtherTabs.setState({ downloads: download ? [download, ...others] : others });
  if (download)
    silence.set(
      key,
      setTimeout(() => void afterSilence(download), SILENT_MS),
    );
  else void readAddedModels().then(lookAtStorage);
}

/** Browsers slow down a tab that nobody sees, so that it may be silent while it fetches. */
async function afterSilence(download: Download): Promise<void> {
  const heard = silence.get(download.key);
  const isFetched = await isAnyTaken(modelIdsOf(download)).catch(() => false);
  if (silence.get(download.key) === heard) showElsewhere({ key: download.key, download: isFetched ? download : null });
}

/** The models of a download, by their ids in the list of the hub. */
export function modelIdsOf({ target, draft }: Pick<Download, 'target' | 'draft'>): string[] {
  return [...new Set([target, draft].flatMap((wanted) => (wanted ? [wanted.record.model_id] : [])))];
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

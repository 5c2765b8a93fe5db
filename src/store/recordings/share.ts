import { create } from 'zustand';
import { type Failure, toFailure } from '../../core/failure';
import { conditionsOf } from '../../core/run/exports';
import { startOf } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { encodeTrace, type TraceAbout } from '../../formats/trace/trace';
import { currentVersions } from '../page/versions';
import { useRun } from '../run/run';
import { shownRecording } from './recording';

/** Who can open an address of this page: those on this machine, those in its network, anyone. */
export type Reach = 'machine' | 'network' | 'anyone';

/** Of a page that was fetched from `host`, as a URL has it. */
export function reachOf(host: string): Reach {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (/^(.+\.)?localhost$|^127\.|^\[::1\]$|^0\.0\.0\.0$|^$/.test(name)) return 'machine';
  const isPrivate = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[f[cd]|\[fe[89ab])/.test(name);
  return isPrivate || /\.(local|lan|home\.arpa|internal)$/.test(name) || !/[.:]/.test(name) ? 'network' : 'anyone';
}

/** The run on the page as others can be given it. */
export interface Shared {
  /** null: the run is too long for a link. */
  readonly link: string | null;
  /** One frame for a page of someone else's; null likewise. */
  readonly embed: string | null;
  readonly leftOut: TraceAbout['leftOut'];
}

export interface ShareState {
  readonly open: boolean;
  /** null while it is made. */
  readonly shared: Shared | null;
  readonly failure: Failure | null;
}

export const useShare = create<ShareState>()(() => ({ open: false, shared: null, failure: null }));

/** Whether the run on the page has ended, so that it can be given away. */
export function canShare(): boolean {
  const { events } = useRun.getState();
  return events.length > 0 && events.at(-1)?.type === 'end';
}

/** Makes a link of the run on the page. Failures land in the state. */
export async function openShare(): Promise<void> {
  const { events } = useRun.getState();
  useShare.setState({ open: true, shared: null, failure: null });
  try {
    useShare.setState({ shared: await share(events) });
  } catch (thrown) {
    useShare.setState({ failure: toFailure(thrown) });
  }
}

export function closeShare(): void {
  useShare.setState({ open: false });
}

/** The run on the page as a file: a name and its text, with nothing left out, with the trace, its conditions and the versions that wrote it. @throws FailureError trace-invalid */
export function traceFile(): { readonly name: string; readonly text: string } {
  const { events } = useRun.getState();
  const start = startOf(events);
  const trace = encodeTrace(events, aboutRun(events));
  const text = `${JSON.stringify({ ...trace, conditions: start && conditionsOf(start), exportedBy: currentVersions() })}\n`;
  const words = (start?.prompt ?? '').toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return { name: `foretoken-${words.slice(0, 6).join('-').slice(0, 48) || 'run'}.json`, text };
}

async function share(events: readonly RunEvent[]): Promise<Shared> {
  const { encodeLink, LINK_LIMIT } = await import('../../formats/trace/link');
  const page = new URL(location.pathname, location.href).href;
  const frame = new URL('embed.html', document.baseURI).href;
  const made = await encodeLink(events, aboutRun(events), LINK_LIMIT - `${frame}#trace=`.length - 1);
  if (!made) return { link: null, embed: null, leftOut: [] };
  return {
    link: `${page}#trace=${made.payload}`,
    embed: `<iframe src="${frame}#trace=${made.payload}" title="A run of speculative decoding" width="100%" height="480" style="border:0" loading="lazy"></iframe>`,
    leftOut: made.leftOut,
  };
}

/** What is known of a recording goes on with it; a run of this page's own is dated now. */
function aboutRun(events: readonly RunEvent[]): Partial<TraceAbout> {
  const recording = shownRecording();
  if (recording && recording.start === events[0]) return recording.about;
  return { recordedAt: new Date().toISOString() };
}

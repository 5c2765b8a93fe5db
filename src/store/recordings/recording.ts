import { create } from 'zustand';
import { type Failure, FailureError, toFailure } from '../../core/failure';
import type { RunEvent } from '../../core/types';
import { decodeTrace, readTrace, type Trace, type TraceAbout } from '../../formats/trace/trace';
import { useWork } from '../engine/work';
import { onAddress, readAddress } from '../page/address';
import { showRun, useRun } from '../run/run';
import { fetchRecording } from './list';

export interface RecordingState {
  /** The recording that was opened last, by its first event, which is how it is known while it stands on the page. */
  readonly opened: { readonly start: RunEvent | undefined; readonly about: TraceAbout; readonly opening: boolean } | null;
  /** Why the latest attempt to open one failed. */
  readonly failure: Failure | null;
}

export const useRecording = create<RecordingState>()(() => ({ opened: null, failure: null }));

/** What is known of the recording on the page; null while a run of this page's own stands there, or nothing. */
export function useShownRecording(): RecordingState['opened'] {
  const first = useRun((state) => state.events[0]);
  return useRecording(({ opened }) => (opened && opened.start === first ? opened : null));
}

/** Whether a run stands on the page that a person made or opened: not while it is empty, or shows the run that it opens with. */
export function useAsked(): boolean {
  const opening = useShownRecording()?.opening ?? false;
  return useRun(({ events }) => events.length > 0) && !opening;
}

/** `useShownRecording` at this moment. */
export function shownRecording(): RecordingState['opened'] {
  const { opened } = useRecording.getState();
  return opened && opened.start === useRun.getState().events[0] ? opened : null;
}

/**
 * Puts a recorded run on the page. @param opening whether it is the one that stands there before anything was asked
 *
 * @throws FailureError busy
 */
export function showTrace({ about, events }: Trace, opening = false): void {
  if (useWork.getState().current !== null) {
    throw new FailureError('busy', 'The models are at work.', 'Wait for their end or stop them, then open the recording again.');
  }
  showRun(events);
  useRecording.setState({ opened: { start: events[0], about, opening }, failure: null });
}

/** Shows the recording in a file. Failures land in the state. */
export function openTraceFile(file: Blob): Promise<void> {
  return attempt(async () => {
    if (file.size > MOST_FILE_BYTES)
      throw new FailureError('trace-invalid', 'This file is too large for a recording.', 'Choose another file.');
    return readTrace(await file.text());
  });
}

/** Shows a recording of the page's, by its name. Failures land in the state. */
export function openRecording(name: string): Promise<void> {
  return attempt(async () => decodeTrace(await fetchRecording(name)));
}

/** Shows the run in a link after "#trace=". Failures land in the state. */
export function openTraceLink(payload: string): Promise<void> {
  return attempt(async () => {
    const { decodeLink } = await import('../../formats/trace/link');
    return decodeLink(payload);
  });
}

/**
 * Shows the recording that the address names, now and whenever the address changes, and says so where it names nothing that is here.
 *
 * @param views that an address may name
 * @returns a function that ends that
 */
export function followAddress(views: readonly string[]): () => void {
  let last = '';
  const follow = () => {
    const { view, trace, recording, unread } = readAddress(location.hash);
    checkAddress(unread ?? (view === null || views.includes(view) ? null : view));
    const wanted = trace === null ? (recording ?? '') : `=${trace}`;
    if (wanted !== '' && wanted !== last) void (trace === null ? openRecording(wanted) : openTraceLink(trace));
    last = wanted;
  };
  follow();
  return onAddress(follow);
}

/** @param unknown what the address names and this page does not have; null if there is no such */
function checkAddress(unknown: string | null): void {
  const { failure } = useRecording.getState();
  if (unknown === null) {
    if (failure?.code === 'address-unknown') dismissRecordingFailure();
    return;
  }
  const shown = unknown.length <= LONGEST_SHOWN ? unknown : `${unknown.slice(0, LONGEST_SHOWN)}…`;
  const hint = 'Copy the whole link again. The navigation and Recordings list what this page has.';
  useRecording.setState({ failure: { code: 'address-unknown', message: `The address names “${shown}”, which is not here.`, hint } });
}

/** Characters of an address in a message. */
const LONGEST_SHOWN = 60;

/** What a person has done about it: the notice goes. */
export function dismissRecordingFailure(): void {
  useRecording.setState({ failure: null });
}

/** A megabyte holds a run of a thousand tokens with all candidates. */
const MOST_FILE_BYTES = 64 << 20;

/** Of two that are opened one after the other, the later one is shown. */
let latest = 0;

/** A recording that is still being read is not shown any more: something else has its place. */
export function dropReading(): void {
  latest++;
}

async function attempt(read: () => Promise<Trace>): Promise<void> {
  const mine = ++latest;
  try {
    const trace = await read();
    if (mine === latest) showTrace(trace);
  } catch (thrown) {
    if (mine === latest) useRecording.setState({ failure: toFailure(thrown) });
  }
}

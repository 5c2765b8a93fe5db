import { create } from 'zustand';
import { type Failure, FailureError, toFailure } from '../core/failure';
import { checkSettings } from '../core/settings';
import type { RunEvent, RunSettings } from '../core/types';
import type { Update } from '../worker/protocol';
import { performTask } from './engine';
import { FrameBuffer } from './frameBuffer';
import { dismissLoadingFailure, load, modelsUrl, receiveProgress, useLoading } from './loading';
import { type Mode, useSettings } from './settings';

export interface RunState {
  readonly activity: 'idle' | 'running' | 'stopping';
  /** The run on the page, live or the last one; it stays until the next has really started. */
  readonly events: readonly RunEvent[];
  /** Why the last attempt failed. */
  readonly failure: Failure | null;
  /** The last run of each mode that committed anything and has ended. */
  readonly last: Readonly<Record<Mode, readonly RunEvent[] | null>>;
}

export const useRun = create<RunState>()(() => ({
  activity: 'idle',
  events: [],
  failure: null,
  last: { speculative: null, plain: null },
}));

let controller: AbortController | null = null;
const arriving = new FrameBuffer(append);

/** Runs the prompt with the settings as they are now, unless a run is under way. Failures land in the state. */
export async function startRun(): Promise<void> {
  if (useRun.getState().activity !== 'idle') return;
  useRun.setState({ failure: null });
  const { prompt, draft, mode, gamma, maxTokens } = useSettings.getState();
  const settings: RunSettings = { mode, gamma, maxTokens, ignoreStopTokens: false };
  const before = useRun.getState().events;
  controller = new AbortController();
  try {
    checkPrompt(prompt);
    checkSettings(settings);
    useRun.setState({ activity: 'running' });
    // The engine loads by itself what a run needs; the page needs the manifest too.
    if (useLoading.getState().manifest) dismissLoadingFailure();
    else void load();
    const selection = { modelsUrl: modelsUrl(), draft };
    for await (const update of performTask({ type: 'run', selection, prompt, settings }, controller.signal)) {
      receive(update);
    }
  } catch (thrown) {
    arriving.flush();
    fail(toFailure(thrown), useRun.getState().events !== before);
  } finally {
    controller = null;
    arriving.flush();
    useRun.setState({ activity: 'idle' });
    if (useRun.getState().events !== before) keep();
  }
}

/** Asks the run under way to stop; what it has measured stays. */
export function stopRun(): void {
  if (!controller) return;
  useRun.setState({ activity: 'stopping' });
  controller.abort();
}

export function dismissRunFailure(): void {
  useRun.setState({ failure: null });
}

function checkPrompt(prompt: string): void {
  if (prompt.trim() !== '') return;
  throw new FailureError('prompt-empty', 'The prompt is empty.', 'Type something, or choose one of the examples.');
}

function receive(update: Update): void {
  if (update.type === 'progress') receiveProgress(update);
  else arriving.add(update);
}

function append(arrived: readonly RunEvent[]): void {
  const first = arrived.findLastIndex((event) => event.type === 'start');
  const { events } = useRun.getState();
  useRun.setState({ events: first === -1 ? [...events, ...arrived] : arrived.slice(first) });
  const latest = arrived.at(-1);
  if (latest?.type === 'end' && latest.reason === 'failed') useRun.setState({ failure: latest.failure });
}

/** A failure after the start ends the list of events, so that the list alone says what happened. */
function fail(failure: Failure, started: boolean): void {
  if (failure.code !== 'aborted') useRun.setState({ failure });
  const { events } = useRun.getState();
  const latest = events.at(-1);
  if (!started || !latest || latest.type === 'end') return;
  const endMs = latest.type === 'start' ? 0 : latest.endMs;
  const end: RunEvent =
    failure.code === 'aborted' ? { type: 'end', reason: 'aborted', endMs } : { type: 'end', reason: 'failed', endMs, failure };
  useRun.setState({ events: [...events, end] });
}

function keep(): void {
  const { events, last } = useRun.getState();
  const [start] = events;
  if (start?.type !== 'start' || !events.some((event) => event.type === 'round')) return;
  useRun.setState({ last: { ...last, [start.settings.mode]: events } });
}

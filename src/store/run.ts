import { create } from 'zustand';
import { type Failure, FailureError, toFailure } from '../core/failure';
import { checkSettings } from '../core/settings';
import { startOf } from '../core/tally';
import type { EndEvent, RunEvent, RunSettings } from '../core/types';
import { calibrationOf, confirmAdapter, ensureCalibration, stopCalibration } from './calibration';
import { performTask } from './engine';
import { FrameBuffer } from './frameBuffer';
import { dismissLoadingFailure, forgetModels, forgetUnready, load, modelsUrl, receiveProgress, stopLoading, useLoading } from './loading';
import { type Mode, runSettings, useSettings } from './settings';

export interface RunState {
  readonly activity: 'idle' | 'running' | 'stopping';
  /** The run on the page, live or the last one; it stays until the next has really started. */
  readonly events: readonly RunEvent[];
  /** Whether the latest attempt has come as far as its start event, so that `events` are its own. */
  readonly started: boolean;
  /** Whether the latest attempt was stopped before it started, as while its models loaded. */
  readonly stoppedEarly: boolean;
  /** Why the latest attempt failed. */
  readonly failure: Failure | null;
  /** The last run of each mode that committed anything and has ended. */
  readonly last: Readonly<Record<Mode, readonly RunEvent[] | null>>;
}

export const useRun = create<RunState>()(() => ({
  activity: 'idle',
  events: [],
  started: false,
  stoppedEarly: false,
  failure: null,
  last: { speculative: null, plain: null },
}));

let controller: AbortController | null = null;
const arriving = new FrameBuffer(append);

/** Runs the prompt with the settings as they are now, unless a run is under way. Failures land in the state. */
export function startRun(): Promise<void> {
  const chosen = useSettings.getState();
  return ask(chosen.prompt, runSettings(chosen));
}

/** Asks what the run on the page was asked again, decoding plainly if it was speculative and the other way round. */
export async function startCounterpart(): Promise<void> {
  const shown = startOf(useRun.getState().events);
  if (!shown) return;
  const { prompt, settings } = shown;
  await ask(prompt, { ...settings, mode: settings.mode === 'plain' ? 'speculative' : 'plain' });
}

/** One run from its checks to its end, whatever happens. */
async function ask(prompt: string, settings: RunSettings): Promise<void> {
  if (useRun.getState().activity !== 'idle') return;
  const { draft } = useSettings.getState();
  try {
    useRun.setState({ failure: null });
    checkPrompt(prompt);
    checkSettings(settings);
  } catch (thrown) {
    useRun.setState({ failure: toFailure(thrown) });
    return;
  }
  stopCalibration();
  controller = new AbortController();
  useRun.setState({ activity: 'running', started: false, stoppedEarly: false });
  // The engine loads by itself what a run needs; the page needs the manifest too.
  if (useLoading.getState().manifest) dismissLoadingFailure();
  else void load();
  try {
    const selection = { modelsUrl: modelsUrl(), draft };
    for await (const update of performTask(
      { type: 'run', selection, turns: [], prompt, settings, calibration: calibrationOf(draft) },
      controller.signal,
    )) {
      if (update.type === 'progress') receiveProgress(update);
      else if (update.type !== 'calibration') arriving.add(update);
    }
    arriving.flush();
  } catch (thrown) {
    arriving.flush();
    endBy(toFailure(thrown));
  }
  const { started, failure } = useRun.getState();
  const stoppedEarly = controller.signal.aborted && !started && failure === null;
  if (failure?.code === 'device-lost') forgetModels();
  else if (!started) forgetUnready();
  controller = null;
  keepLast();
  useRun.setState({ activity: 'idle', stoppedEarly });
  const start = startOf(useRun.getState().events);
  if (start) confirmAdapter(draft, start.labels.adapter);
  if (started) void ensureCalibration();
}

/** Asks the run under way to stop; what it has measured stays. */
export function stopRun(): void {
  if (!controller) return;
  useRun.setState({ activity: 'stopping' });
  // A run waits for the page's own load, which must not outlive the wish to stop.
  stopLoading();
  controller.abort();
}

export function dismissRunFailure(): void {
  useRun.setState({ failure: null });
}

function checkPrompt(prompt: string): void {
  if (prompt.trim() !== '') return;
  throw new FailureError('prompt-empty', 'The prompt is empty.', 'Type something, or choose one of the examples.');
}

/** What comes before the start of a run, such as the end of one that was stopped while its models loaded, is no part of `events`. */
function append(arrived: readonly RunEvent[]): void {
  const latest = arrived.at(-1);
  if (latest?.type === 'end' && latest.reason === 'failed') useRun.setState({ failure: latest.failure });
  const start = arrived.findIndex((event) => event.type === 'start');
  const { events, started } = useRun.getState();
  if (start !== -1) useRun.setState({ events: arrived.slice(start), started: true });
  else if (started) useRun.setState({ events: [...events, ...arrived] });
}

/** A failure after the start ends the list of events, so that the list alone says what happened. */
function endBy(failure: Failure): void {
  const aborted = failure.code === 'aborted';
  if (!aborted) useRun.setState({ failure });
  const { events, started } = useRun.getState();
  const latest = events.at(-1);
  if (!started || !latest || latest.type === 'end') return;
  const endMs = latest.type === 'start' ? 0 : latest.endMs;
  const end: EndEvent = aborted ? { type: 'end', reason: 'aborted', endMs } : { type: 'end', reason: 'failed', endMs, failure };
  useRun.setState({ events: [...events, end] });
}

function keepLast(): void {
  const { events, started, last } = useRun.getState();
  const start = startOf(events);
  if (!started || !start || !events.some((event) => event.type === 'round')) return;
  useRun.setState({ last: { ...last, [start.settings.mode]: events } });
}

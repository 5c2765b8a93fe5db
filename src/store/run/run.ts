import { create } from 'zustand';
import type { TargetSpec } from '../../catalog/resolve';
import { type Failure, toFailure } from '../../core/failure';
import { startOf, tally } from '../../core/run/tally';
import { checkRun } from '../../core/settings';
import type { EndEvent, RunEvent, RunSettings } from '../../core/types';
import { chosenTarget, otherThan } from '../engine/catalogue';
import { forgetModels, forgetUnready } from '../engine/loading';
import { occupy } from '../engine/work';
import { FrameBuffer } from './frameBuffer';
import { type RunRequest, streamRun } from './request';
import { runSettings, useSettings } from './settings';

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
  readonly last: Readonly<Record<RunSettings['mode'], readonly RunEvent[] | null>>;
}

export const useRun = create<RunState>()(() => ({
  activity: 'idle',
  events: [],
  started: false,
  stoppedEarly: false,
  failure: null,
  last: { speculative: null, plain: null },
}));

const arriving = new FrameBuffer(append);

/** Runs the prompt with the settings as they are now, unless a run is under way. Failures land in the state. */
export function startRun(): Promise<void> {
  const chosen = useSettings.getState();
  return startRequest({ prompt: chosen.prompt, settings: runSettings(chosen), draft: chosen.draft });
}

/** Runs `request` whatever the settings say, which stay as they are; one run from its checks to its end. Nothing while the models are otherwise at work. */
export async function startRequest(request: RunRequest): Promise<void> {
  await occupy('run', async (signal) => {
    useRun.setState({ failure: null });
    try {
      checkRun(request);
    } catch (thrown) {
      useRun.setState({ failure: toFailure(thrown) });
      return;
    }
    useRun.setState({ activity: 'running', started: false, stoppedEarly: false });
    signal.addEventListener('abort', () => useRun.setState({ activity: 'stopping' }));
    try {
      for await (const event of streamRun(request, signal)) arriving.add(event);
      arriving.flush();
    } catch (thrown) {
      arriving.flush();
      endBy(toFailure(thrown));
    }
    const { started, failure } = useRun.getState();
    const stoppedEarly = signal.aborted && !started && failure === null;
    if (failure?.code === 'device-lost') forgetModels();
    else if (!started) forgetUnready();
    keepLast();
    useRun.setState({ activity: 'idle', stoppedEarly });
  });
}

/** Why the run on the page has no counterpart; null where it has one. */
export type NoCounterpart = 'no-run' | 'nothing-drafted' | 'other-target' | 'other-cache';

/** @param events of the run on the page @param target the chosen one */
export function whyNoCounterpart(events: readonly RunEvent[], target: TargetSpec | null): NoCounterpart | null {
  const start = startOf(events);
  if (!start || !events.some(({ type }) => type === 'round')) return 'no-run';
  const other = target && otherThan(start, target);
  if (other) return other;
  // Plain decoding would do once more what this one did.
  return start.settings.mode === 'speculative' && tally(events).drafted === 0 ? 'nothing-drafted' : null;
}

/**
 * Asks what the run on the page was asked again, decoding plainly if it was speculative and the other way round. What stays on the page in the end is the
 * speculative one, which has drafts to step through; the other is beside it (`last`).
 */
export async function startCounterpart(): Promise<void> {
  const { events } = useRun.getState();
  const shown = startOf(events);
  if (!shown || whyNoCounterpart(events, chosenTarget()) !== null) return;
  const { prompt, settings } = shown;
  const mode = settings.mode === 'plain' ? 'speculative' : 'plain';
  await startRequest({ prompt, settings: { ...settings, mode }, draft: useSettings.getState().draft });
  const end = useRun.getState().events.at(-1);
  if (mode === 'plain' && end?.type === 'end' && (end.reason === 'stop' || end.reason === 'length')) showRun(events);
}

/** Puts a run that was recorded, here or elsewhere, on the page in place of the one that stands there; not while a run is under way. */
export function showRun(events: readonly RunEvent[]): void {
  if (useRun.getState().activity !== 'idle') return;
  useRun.setState({ events, started: true, stoppedEarly: false, failure: null });
}

export function dismissRunFailure(): void {
  useRun.setState({ failure: null });
}

/** What comes before the start of a run, such as the end of one that was stopped while its models loaded, is not in `events`. */
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

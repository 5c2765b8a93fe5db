import * as v from 'valibot';
import { create } from 'zustand';
import { bounded } from '../../core/clock';
import { FailureError } from '../../core/failure';
import type { EndEvent, RunEvent } from '../../core/types';
import { encodeTrace, readTrace } from '../../formats/trace/trace';
import { useWork } from '../engine/work';
import { shownRecording, showTrace } from '../recordings/recording';
import { showRun, useRun } from '../run/run';
import { changeSettings, useSettings } from '../run/settings';
import { quietly } from './quietStorage';

export interface TabState {
  /** How long the tab slept while the models were at work, in milliseconds; null if it did not, or that was dismissed. */
  readonly sleptMs: number | null;
}

/** What the browser did to this tab. */
export const useTab = create<TabState>()(() => ({ sleptMs: null }));

/** What stands in the tab, for the page that is loaded into it next; the browser forgets it with the tab. */
const KEY = 'foretoken.tab';
const VERSION = 1 as const;
const KeptTab = v.object({
  version: v.literal(VERSION),
  prompt: v.string(),
  /** Whether the models were at work. */
  atWork: v.boolean(),
  /** Whether the page itself asked for the reload. */
  wanted: v.boolean(),
  /** A trace, as text; null if there was no run, or the one that the page opens with. */
  run: v.nullable(v.string()),
  /** Whether that run is a recording that was opened here, and none of this page's own. */
  recorded: v.boolean(),
});

/** A reload, a closed tab that is opened again, and a tab that the browser gave up all look alike to the page that comes next. */
const INTERRUPTED = new FailureError(
  'interrupted',
  'This page was reloaded or put away while the models were at work.',
  'What was written until then is kept; run again for the whole of it.',
).failure;

/** Reloads the page because a person asked for it: prompt and run are kept. */
export function reloadTab(): void {
  wanted = true;
  write();
  location.reload();
}

/** Whether the end of the page, which `pagehide` tells of as well, was asked for. */
let wanted = false;

/**
 * From now on keeps what stands in the tab whenever the browser may put it away, and notes when it slept at work.
 *
 * @returns a function that ends it
 */
export function watchTab(): () => void {
  const keepHidden = () => {
    if (document.visibilityState === 'hidden') write();
    // A copy of this tab was not put away.
    else forget();
  };
  let frozenAt: number | null = null;
  const freeze = () => {
    write();
    frozenAt = useWork.getState().current === null ? null : Date.now();
  };
  const resume = () => {
    if (frozenAt !== null) useTab.setState({ sleptMs: bounded(Date.now() - frozenAt) });
    frozenAt = null;
  };
  document.addEventListener('visibilitychange', keepHidden);
  document.addEventListener('freeze', freeze);
  document.addEventListener('resume', resume);
  addEventListener('pagehide', write);
  return () => {
    document.removeEventListener('visibilitychange', keepHidden);
    document.removeEventListener('freeze', freeze);
    document.removeEventListener('resume', resume);
    removeEventListener('pagehide', write);
  };
}

/**
 * Puts back what stood in this tab, where it was not the person who took it away: after the browser discarded the tab, after the page ended
 * in the middle of a run, after an update. Once; a page that is merely reloaded starts empty.
 */
export function restoreTab(): void {
  const kept = read();
  if (!kept || !(kept.atWork || kept.wanted || wasDiscarded())) return;
  changeSettings({ prompt: kept.prompt });
  const trace = kept.run === null ? undefined : quietly(() => readTrace(kept.run ?? ''));
  if (trace && kept.recorded) showTrace(trace);
  else if (trace) showRun(trace.events);
  if (kept.atWork) useRun.setState({ failure: INTERRUPTED });
}

export function dismissSleep(): void {
  useTab.setState({ sleptMs: null });
}

function write(): void {
  const { events } = useRun.getState();
  const atWork = useWork.getState().current !== null;
  const recording = shownRecording();
  const kept = { version: VERSION, prompt: useSettings.getState().prompt, atWork, wanted, recorded: recording !== null };
  const text = (run: string | null) => JSON.stringify({ ...kept, run } satisfies v.InferOutput<typeof KeptTab>);
  // A run that there is no room for, or that has only begun, is left out; with no room at all nothing is put back.
  quietly(() => sessionStorage.setItem(KEY, text(null)));
  if (events.length === 0 || recording?.opening) return;
  quietly(() => sessionStorage.setItem(KEY, text(JSON.stringify(encodeTrace(ended(events), recording?.about)))));
}

function read(): v.InferOutput<typeof KeptTab> | null {
  const text = quietly(() => sessionStorage.getItem(KEY));
  forget();
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), KeptTab), text);
  return parsed.success ? parsed.output : null;
}

function forget(): void {
  quietly(() => sessionStorage.removeItem(KEY));
}

/** A run that was under way ends where the page did. */
function ended(events: readonly RunEvent[]): readonly RunEvent[] {
  const latest = events.at(-1);
  if (!latest || latest.type === 'end') return events;
  const end: EndEvent = { type: 'end', reason: 'failed', endMs: latest.type === 'start' ? 0 : latest.endMs, failure: INTERRUPTED };
  return [...events, end];
}

/** https://wicg.github.io/page-lifecycle/#dom-document-wasdiscarded */
function wasDiscarded(): boolean {
  return 'wasDiscarded' in document && document.wasDiscarded === true;
}

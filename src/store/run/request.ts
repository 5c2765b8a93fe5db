import { runModelOf } from '../../catalog/spec';
import { type Failure, FailureError } from '../../core/failure';
import type { AskPerson } from '../../core/loop/person';
import { wellFormed } from '../../core/loop/text';
import { checkRun } from '../../core/settings';
import type { RunEvent, RunModel, RunSettings } from '../../core/types';
import type { Turn } from '../../engine/tasks';
import { isRunEvent } from '../../worker/client';
import { confirmAdapter, learnFromRun, measuredOf, stopCalibration } from '../engine/calibration';
import { chosenPair, distrustLists, pairFor, readCatalogue, useCatalogue } from '../engine/catalogue';
import { sendTask } from '../engine/connection';
import { dismissLoadingFailure, forgetModels, load, receiveProgress, stopLoading } from '../engine/loading';
import { beginMeasured } from '../engine/measuring';
import { receiveMemory } from '../engine/memory';
import { targetOfWork } from '../engine/work';

/** All that decides what a run is asked. */
export interface RunRequest {
  readonly prompt: string;
  readonly settings: RunSettings;
  /** Its id, `FIRST_DRAFT` or `WEAK_DRAFT`; ignored where no model drafts. */
  readonly draft: string;
  /** The conversation's system message; the one of the target's chat template by default. */
  readonly system?: string;
  /** The prompt stands as it is, outside the chat template. */
  readonly raw?: boolean;
  /** The beginning of the answer, which is given. */
  readonly begun?: string;
  /** The turns of the conversation before the prompt, for the target that runs; none by default. */
  readonly turns?: (target: RunModel) => readonly Turn[];
  /** Answers for the person where one drafts. */
  readonly ask?: AskPerson;
}

/**
 * One run, as part of the work that has the models (`occupy`): loads what is missing and yields the run's events. A run that fails or is
 * stopped after its start says so by its end event; one that was stopped before yields an end alone.
 *
 * @throws FailureError what is wrong with the request, or what the engine could not do before the run started
 */
export async function* streamRun(request: RunRequest, signal: AbortSignal): AsyncGenerator<RunEvent, void> {
  checkRun(request);
  const { settings, draft, ask } = request;
  const prompt = wellFormed(request.prompt);
  stopCalibration();
  // The engine loads by itself what a run needs; which models there are must be known before.
  if (useCatalogue.getState().catalogue) dismissLoadingFailure();
  else void load();
  // A run waits for the page's own load, which must not outlive the wish to stop.
  signal.addEventListener('abort', stopLoading, { once: true });
  const end = await beginMeasured();
  try {
    if (!(await unlessStopped(readCatalogue(), signal))) {
      yield { type: 'end', reason: 'aborted', endMs: 0 };
      return;
    }
    const drafting = { draft, drafting: settings.drafting };
    const plain = settings.mode === 'plain';
    // Plain decoding takes the costs of a pair whose draft is known; one that is not is ignored.
    const target = targetOfWork();
    const costed = (plain && chosenPair(drafting, target)) || pairFor(drafting, target);
    const pair = plain ? { ...costed, draft: null } : costed;
    const system = request.system ? { system: wellFormed(request.system) } : {};
    const turns = request.turns?.(runModelOf(pair.target)) ?? [];
    const { raw, begun } = request;
    const given = { ...(raw ? { raw } : {}), ...(begun ? { begun } : {}) };
    // On which adapter the run will be is not known before its models are ready.
    const known = measuredOf(costed);
    const costs = { calibration: known?.calibration ?? null, ...(known ? { measuredOn: known.adapter } : {}) };
    const task = { type: 'run', pair, turns, prompt, ...system, ...given, settings, ...costs } as const;
    const events: RunEvent[] = [];
    for await (const update of sendTask(task, signal, ask)) {
      if (update.type === 'progress') receiveProgress(update);
      else if (update.type === 'memory') receiveMemory(update);
      else if (isRunEvent(update)) {
        if (update.type === 'start') confirmAdapter(costed, update.labels.adapter);
        events.push(update);
        if (update.type === 'end') learnFromRun(costed, events);
        yield update;
      }
    }
  } catch (thrown) {
    distrustLists();
    throw thrown;
  } finally {
    end();
    signal.removeEventListener('abort', stopLoading);
  }
}

/** What `work` comes to; null as soon as `signal` aborts. */
function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

/** `streamRun` to its end, as a list; what comes before the start is left out, but a failure is thrown. */
export async function collectRun(
  request: RunRequest,
  signal: AbortSignal,
  arrived: (event: RunEvent) => void = () => {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of streamRun(request, signal)) {
    if (events.length === 0 && event.type !== 'start') {
      if (event.type === 'end' && event.reason === 'failed') throw errorOf(event.failure);
      continue;
    }
    events.push(event);
    arrived(event);
  }
  return events;
}

/**
 * `collectRun` for work that counts whole runs only.
 *
 * @returns null if it was stopped before its end
 * @throws FailureError why it failed, also where that was after its start
 */
export async function completeRun(
  request: RunRequest,
  signal: AbortSignal,
  arrived?: (event: RunEvent) => void,
): Promise<readonly RunEvent[] | null> {
  const events = await collectRun(request, signal, arrived).catch((thrown: unknown) => {
    if (signal.aborted) return [];
    throw thrown;
  });
  const end = events.at(-1);
  if (end?.type === 'end' && end.reason === 'failed') {
    if (end.failure.code === 'device-lost') forgetModels();
    throw errorOf(end.failure);
  }
  return end?.type === 'end' && end.reason !== 'aborted' ? events : null;
}

function errorOf({ code, message, hint }: Failure): FailureError {
  return new FailureError(code, message, hint);
}

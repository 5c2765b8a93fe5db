import { fetchCatalogue } from '../../../src/catalog/lists';
import { pairOf } from '../../../src/catalog/pairing';
import type { Catalogue, TargetSpec } from '../../../src/catalog/resolve';
import type { ModelSpec, PairSpec } from '../../../src/catalog/spec';
import type { AskPerson } from '../../../src/core/loop/person';
import type { RunEvent, RunSettings } from '../../../src/core/types';
import type { RunTask, Turn } from '../../../src/engine/tasks';
import { BROWSER_CACHE } from '../../../src/storage/browserCache';
import { isRunEvent, sendToWorker } from '../../../src/worker/client';

let reading: Promise<Catalogue> | null = null;

/** What the shipped list offers this browser. */
export function shipped(): Promise<Catalogue> {
  reading ??= fetchCatalogue([new URL('/models/manifest.json', location.href).href], BROWSER_CACHE);
  return reading;
}

export async function shippedTarget(): Promise<TargetSpec> {
  const [target] = (await shipped()).targets;
  if (!target) throw new Error('the list has no target');
  return target;
}

export async function shippedModel(id: string): Promise<ModelSpec> {
  const model = (await shipped()).models.find((each) => each.id === id);
  if (!model) throw new Error(`the list has no ${id}`);
  return model;
}

/** A target that keeps its hidden states, and the head that drafts from them (test/fixtures/head/make.py). */
export async function tinyTarget(): Promise<TargetSpec> {
  const { targets } = await fetchCatalogue([new URL('/test/fixtures/head/manifest.json', location.href).href], BROWSER_CACHE);
  const [target] = targets;
  if (!target) throw new Error('the list has no target');
  return target;
}

/** The shipped target with `draft`; with none where that is null. */
export async function shippedPair(draft: string | null): Promise<PairSpec> {
  return pairOf(await shippedTarget(), draft);
}

let shared: Worker | null = null;

/** One engine's worker for all tests of a file: a pair takes seconds to load. */
export function engineWorker(): Worker {
  shared ??= startWorker();
  return shared;
}

/** Another one, for who has to end it. */
export function startWorker(): Worker {
  return new Worker(new URL('./webgpu.worker.ts', import.meta.url), { type: 'module' });
}

/** Who takes part in a run besides the models. */
interface Audience {
  readonly ask?: AskPerson;
  /** Told of all that has come so far. */
  readonly arrived?: (events: RunEvent[]) => void;
  readonly signal?: AbortSignal;
}

/** The events of one run on an engine's worker, of the shipped pair. */
export async function runOnWorker(
  worker: Worker,
  draft: string,
  prompt: string,
  settings: RunSettings,
  turns: readonly Turn[] = [],
  audience: Audience = {},
): Promise<RunEvent[]> {
  return runTarget(worker, { target: await shippedTarget(), draft }, prompt, settings, turns, audience);
}

/** The events of one run of `target`, with its `draft` where a model drafts. */
export async function runTarget(
  worker: Worker,
  { target, draft }: { readonly target: TargetSpec; readonly draft: string },
  prompt: string,
  settings: RunSettings,
  turns: readonly Turn[] = [],
  { ask, arrived, signal }: Audience = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const byModel = settings.mode === 'speculative' && (settings.drafting === 'model' || settings.drafting === 'mixed');
  const pair = pairOf(target, byModel ? draft : null);
  const task: RunTask = { type: 'run', pair, turns, prompt, settings, calibration: null };
  for await (const update of sendToWorker(worker, task, signal, ask)) {
    if (!isRunEvent(update)) continue;
    events.push(update);
    arrived?.(events);
  }
  return events;
}

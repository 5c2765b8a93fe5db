import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { type ModelSpec, modelsOf, type PairSpec } from '../../catalog/spec';
import type { Calibration } from '../../core/cost/cost';
import { learnCosts } from '../../core/cost/learnCosts';
import { type Failure, toFailure } from '../../core/failure';
import type { RunEvent } from '../../core/types';
import { calibrationSchema } from '../../formats/calibration';
import { followOtherTabs, rememberedStorage } from '../page/remembered';
import { useSettings } from '../run/settings';
import { useBackend } from './backend';
import { chosenPair, useTarget } from './catalogue';
import { sendTask } from './connection';
import { onIdle } from './idle';
import { isReady, receiveProgress, useLoading } from './loading';
import { beginMeasured } from './measuring';

export interface CalibrationState {
  /** What was measured, by `pairKey`, and kept between visits; null if the clocks of this browser are too coarse to tell. */
  readonly measured: Readonly<Record<string, { readonly adapter: string; readonly calibration: Calibration | null }>>;
  readonly measuring: boolean;
  /** Whether a person asked for the measurement under way, and may stop it. */
  readonly asked: boolean;
  readonly failure: Failure | null;
}

const StoredCalibrations = v.object({
  measured: v.record(v.string(), v.object({ adapter: v.string(), calibration: calibrationSchema })),
});

export const useCalibration = create<CalibrationState>()(
  persist((): CalibrationState => ({ measured: {}, measuring: false, asked: false, failure: null }), {
    name: 'foretoken.calibrations',
    version: 1,
    storage: rememberedStorage(1),
    // A browser's clock may be finer at the next visit.
    partialize: ({ measured }) => ({
      measured: Object.fromEntries(Object.entries(measured).filter(([, each]) => each.calibration !== null)),
    }),
    migrate: () => ({}),
    merge: (stored, current) => {
      const parsed = v.safeParse(StoredCalibrations, stored);
      if (!parsed.success) return current;
      const priced = Object.entries(parsed.output.measured).filter(([, each]) => each.calibration !== null);
      return { ...current, measured: Object.fromEntries(priced) };
    },
  }),
);
followOtherTabs(useCalibration);

let controller: AbortController | null = null;
let underWay: Promise<void> | null = null;

/** Measures what a pair costs here, the chosen one by default, unless that is known or being measured. Failures land in the state. */
export async function ensureCalibration(pair = chosenPair()): Promise<void> {
  if (calibrationOf(pair) === null && !isTooCoarse(pair)) await measureCalibration(pair, false);
}

/** From now on, measures the chosen pair where it is ready and not known, whenever nobody uses the page; not again by itself after a failure. */
export function calibrateWhenIdle(): () => void {
  return onIdle(() => {
    const pair = chosenPair();
    if (!pair || useCalibration.getState().failure) return;
    if (isReady(pair, useLoading.getState())) void ensureCalibration(pair);
  }, [useLoading]);
}

/** Until a measurement under way, if there is one, has ended. */
export async function calibrationSettled(): Promise<void> {
  await underWay;
}

/** Measures again. A run that starts during the measurement ends it. @param asked whether a person asked for it */
export async function measureCalibration(pair = chosenPair(), asked = true): Promise<void> {
  if (controller || !pair) return;
  underWay = measure(pair, asked);
  await underWay;
}

async function measure(pair: PairSpec, asked: boolean): Promise<void> {
  const mine = new AbortController();
  controller = mine;
  useCalibration.setState({ measuring: true, asked, failure: null });
  const end = await beginMeasured();
  try {
    for await (const update of sendTask({ type: 'calibrate', pair }, mine.signal)) {
      if (update.type === 'progress') receiveProgress(update);
      if (update.type !== 'calibration') continue;
      const { adapter, calibration } = update;
      useCalibration.setState(({ measured }) => ({ measured: { ...measured, [pairKey(pair)]: { adapter, calibration } } }));
    }
  } catch (thrown) {
    if (!mine.signal.aborted) useCalibration.setState({ failure: toFailure(thrown) });
  } finally {
    end();
    controller = null;
    useCalibration.setState({ measuring: false, asked: false });
  }
}

/** Ends a measurement under way, which is as if it had not begun; one that failed is forgotten. */
export function stopCalibration(): void {
  controller?.abort();
  if (useCalibration.getState().failure) useCalibration.setState({ failure: null });
}

/** What is known of the costs of `pair` on what computes it now; null where it was not measured, or could not be told. */
export function calibrationOf(pair: PairSpec | null): Calibration | null {
  const known = measuredOf(pair);
  const { computedBy } = useBackend.getState();
  return known && (computedBy === null || computedBy.adapter === known.adapter) ? known.calibration : null;
}

/** Whether they were measured by clocks that are too coarse to tell. */
export function isTooCoarse(pair: PairSpec | null): boolean {
  return measuredOf(pair)?.calibration === null;
}

/** What was measured of them, with the name of the device; null where nothing was. */
export function measuredOf(pair: PairSpec | null): CalibrationState['measured'][string] | null {
  const key = pair && knownKey(pair, useCalibration.getState().measured);
  return key === null ? null : (useCalibration.getState().measured[key] ?? null);
}

/** `chosenPair`, kept true, and whatever is known of its costs. */
export function usePairToCost(): PairSpec | null {
  useCalibration((state) => state.measured);
  useTarget();
  useSettings((settings) => settings.draft);
  useSettings((settings) => settings.drafting);
  return chosenPair();
}

/** `isTooCoarse` of the chosen pair, kept true. */
export function useTooCoarse(): boolean {
  return isTooCoarse(usePairToCost());
}

/** A run told which device it was on: what was measured on another one is forgotten. */
export function confirmAdapter(pair: PairSpec, adapter: string): void {
  const { measured } = useCalibration.getState();
  const key = knownKey(pair, measured);
  if (key === null || measured[key]?.adapter === adapter) return;
  const { [key]: _, ...others } = measured;
  useCalibration.setState({ measured: others });
}

/** Corrects what is known of the costs of `pair` by a run on it that has ended (`core/cost/learnCosts.ts`). */
export function learnFromRun(pair: PairSpec, events: readonly RunEvent[]): void {
  const { measured } = useCalibration.getState();
  const key = knownKey(pair, measured);
  const known = key === null ? undefined : measured[key];
  if (key === null || !known?.calibration) return;
  const calibration = learnCosts(known.calibration, events);
  if (calibration !== known.calibration) useCalibration.setState({ measured: { ...measured, [key]: { ...known, calibration } } });
}

/** Under which key something is known of `pair`: where no model drafts, of the target with any draft will do. */
function knownKey(pair: PairSpec, measured: CalibrationState['measured']): string | null {
  const keys = [pairKey(pair), formerKey(pair)];
  const known = keys.find((key) => key in measured);
  if (known !== undefined || pair.draft !== null) return known ?? null;
  const starts = keys.filter((key) => key !== '');
  return Object.keys(measured).find((key) => starts.some((start) => key.startsWith(start))) ?? null;
}

/** The models by id and revision, their libraries and what their caches hold, of which costs depend. */
function pairKey(pair: PairSpec): string {
  const { target, draft } = pair;
  const keyOf = (model: ModelSpec) =>
    `${model.id}@${model.revision} on ${(model.library.sha256 ?? model.library.name).slice(0, 16)}${model.halfCache ? ', half cache' : ''}`;
  return `${keyOf(target)} > ${draft === null ? '' : draft === 'itself' ? draft : keyOf(draft)}`;
}

/** As the page named pairs before runs kept the ids of their models; '' where a file has no hash. */
function formerKey(pair: PairSpec): string {
  const models = pair.draft === 'itself' ? [pair.target, pair.target] : modelsOf(pair);
  const hashes = models.flatMap(({ library, files }) => [library, ...files]).map(({ sha256 }) => sha256);
  return hashes.includes(null) || models.some(({ halfCache }) => halfCache) ? '' : hashes.map((hash) => hash?.slice(0, 8)).join('');
}

import * as v from 'valibot';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Manifest } from '../../catalog/manifest';
import type { Calibration } from '../../core/cost/cost';
import { type Failure, toFailure } from '../../core/failure';
import { calibrationSchema } from '../../formats/calibration';
import { followOtherTabs, rememberedStorage } from '../page/remembered';
import { useSettings } from '../run/settings';
import { sendTask } from './connection';
import { onIdle } from './idle';
import { modelsUrl, receiveProgress, useLoading } from './loading';
import { beginMeasured } from './measuring';

export interface CalibrationState {
  /** What was measured, by `pairKey`, and kept between visits; null where the clocks of this browser are too coarse to tell. */
  readonly measured: Readonly<Record<string, { readonly adapter: string; readonly calibration: Calibration | null }>>;
  readonly measuring: boolean;
  readonly failure: Failure | null;
}

const StoredCalibrations = v.object({
  measured: v.record(v.string(), v.object({ adapter: v.string(), calibration: calibrationSchema })),
});

export const useCalibration = create<CalibrationState>()(
  persist((): CalibrationState => ({ measured: {}, measuring: false, failure: null }), {
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
export async function ensureCalibration(draft = useSettings.getState().draft): Promise<void> {
  if (calibrationOf(draft) === null && !isTooCoarse(draft)) await measureCalibration(draft);
}

/** From now on, measures the chosen pair where it is ready and not known, whenever nobody uses the page; not again by itself after a failure. */
export function calibrateWhenIdle(): () => void {
  return onIdle(() => {
    const { manifest, progress } = useLoading.getState();
    if (!manifest || useCalibration.getState().failure) return;
    const pair = [manifest.pair.target, useSettings.getState().draft];
    if (pair.every((model) => progress[model]?.phase === 'ready')) void ensureCalibration();
  }, [useLoading]);
}

/** Until a measurement under way, if there is one, has ended. */
export async function calibrationSettled(): Promise<void> {
  await underWay;
}

/** Measures again. A run that starts during the measurement ends it. */
export async function measureCalibration(draft = useSettings.getState().draft): Promise<void> {
  const { manifest } = useLoading.getState();
  if (controller || !manifest) return;
  underWay = measure(manifest, draft);
  await underWay;
}

async function measure(manifest: Manifest, draft: string): Promise<void> {
  const mine = new AbortController();
  controller = mine;
  useCalibration.setState({ measuring: true, failure: null });
  const end = await beginMeasured();
  try {
    for await (const update of sendTask({ type: 'calibrate', selection: { modelsUrl: modelsUrl(), draft } }, mine.signal)) {
      if (update.type === 'progress') receiveProgress(update);
      if (update.type !== 'calibration') continue;
      const { adapter, calibration } = update;
      useCalibration.setState(({ measured }) => ({ measured: { ...measured, [pairKey(manifest, draft)]: { adapter, calibration } } }));
    }
  } catch (thrown) {
    if (!mine.signal.aborted) useCalibration.setState({ failure: toFailure(thrown) });
  } finally {
    end();
    controller = null;
    useCalibration.setState({ measuring: false });
  }
}

/** Ends a measurement under way, which is as if it had not begun; one that failed is forgotten. */
export function stopCalibration(): void {
  controller?.abort();
  if (useCalibration.getState().failure) useCalibration.setState({ failure: null });
}

/** What is known of the costs of `draft` with the page's target on this device; null where it was not measured, or could not be told. */
export function calibrationOf(draft: string): Calibration | null {
  return measuredOf(draft)?.calibration ?? null;
}

/** Whether they were measured by clocks that are too coarse to tell. */
export function isTooCoarse(draft: string): boolean {
  return measuredOf(draft)?.calibration === null;
}

/** What was measured of them, with the name of the device; null where nothing was. */
export function measuredOf(draft: string): CalibrationState['measured'][string] | null {
  const { manifest } = useLoading.getState();
  return manifest ? (useCalibration.getState().measured[pairKey(manifest, draft)] ?? null) : null;
}

/** `isTooCoarse` of the chosen draft, kept true. */
export function useTooCoarse(): boolean {
  const draft = useSettings((settings) => settings.draft);
  // The key of what was measured depends on both.
  useCalibration((state) => state.measured);
  useLoading((state) => state.manifest);
  return isTooCoarse(draft);
}

/** A run told which device it was on: what was measured on another one is forgotten. */
export function confirmAdapter(draft: string, adapter: string): void {
  const { manifest } = useLoading.getState();
  const { measured } = useCalibration.getState();
  if (!manifest || !(pairKey(manifest, draft) in measured)) return;
  const { [pairKey(manifest, draft)]: known, ...others } = measured;
  if (known?.adapter !== adapter) useCalibration.setState({ measured: others });
}

/** Changes with every file of the pair. */
function pairKey(manifest: Manifest, draft: string): string {
  const files = [manifest.pair.target, draft].flatMap((id) => {
    const entry = manifest.models[id];
    return entry ? [entry.library, ...entry.files] : [];
  });
  return files.map(({ sha256 }) => sha256.slice(0, 8)).join('');
}

import { useDeferredValue, useMemo } from 'react';
import { type Comparison, comparableRuns, compareRuns } from '../../core/comparison';
import type { Calibration, Rates } from '../../core/cost';
import { runRates } from '../../core/pricing';
import { committedTokens, startOf, tally } from '../../core/tally';
import type { RunEvent, StartEvent } from '../../core/types';
import { calibrationOf, useCalibration } from '../../store/calibration';
import { useLoading } from '../../store/loading';
import { useShownEvents } from '../../store/playback';
import { useRun } from '../../store/run';
import { useSettings } from '../../store/settings';

/** Tokens in the cache that figures are for while there is no run. */
const EXAMPLE_CONTEXT = 64;

export interface Measured {
  /** Of the run on the page, as far as it is shown; where that decodes plainly, of the speculative run of the same question, if there was one. */
  readonly events: readonly RunEvent[];
  /** Whether `events` are not of the run on the page. */
  readonly beside: boolean;
  readonly start: StartEvent | null;
  /** Of the chosen pair on this device. */
  readonly device: Calibration | null;
  /** What the run's figures are reckoned with: what was known when it began, else the device's. */
  readonly costs: Calibration | null;
  /** Tokens in the cache, on the average of the run. */
  readonly context: number;
  /** Conditional acceptance rates by position; null where nothing was judged. */
  readonly rates: Rates | null;
  readonly acceptanceRate: number | null;
  /** The run beside the last one of the other mode, where both were asked the same. */
  readonly comparison: Comparison | null;
}

/** All that the view's figures derive from. While a run streams it follows at the pace at which charts can be drawn. */
export function useMeasured(): Measured {
  const shown = useDeferredValue(useShownEvents());
  const device = useDeviceCosts();
  const last = useRun((state) => state.last);
  return useMemo(() => {
    const { speculative } = last;
    const beside = speculative !== null && isPlain(shown) && comparableRuns(speculative, shown);
    const events = beside ? speculative : shown;
    const start = startOf(events);
    const known = start?.calibration ?? device;
    const { model, lookup } = runRates(events);
    const rates = [model, lookup].find((each) => typeof each !== 'number' && each.length > 0) ?? null;
    // What is looked up costs no draft step.
    const costs = known && rates !== null && rates === lookup ? { ...known, draftMs: known.draftMs.map(() => 0) } : known;
    const context = start ? start.promptIds.length + Math.round(committedTokens(events).length / 2) : EXAMPLE_CONTEXT;
    return {
      events,
      beside,
      start,
      device,
      costs,
      context,
      rates,
      acceptanceRate: tally(events).acceptanceRate,
      comparison: compare(shown, last),
    };
  }, [shown, device, last]);
}

/** What is known of the chosen pair's costs on this device. */
export function useDeviceCosts(): Calibration | null {
  const draft = useSettings((settings) => settings.draft);
  useCalibration((state) => state.measured);
  // The key of what was measured depends on the manifest.
  useLoading((state) => state.manifest);
  return calibrationOf(draft);
}

function isPlain(events: readonly RunEvent[]): boolean {
  return startOf(events)?.settings.mode === 'plain';
}

function compare(events: readonly RunEvent[], last: Record<'speculative' | 'plain', readonly RunEvent[] | null>): Comparison | null {
  const mode = startOf(events)?.settings.mode;
  if (!mode || events.at(-1)?.type !== 'end') return null;
  const other = last[mode === 'plain' ? 'speculative' : 'plain'];
  if (!other) return null;
  return mode === 'plain' ? compareRuns(other, events) : compareRuns(events, other);
}

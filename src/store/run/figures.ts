import { useMemo } from 'react';
import { draftChoices, type Manifest } from '../../catalog/manifest';
import type { Calibration } from '../../core/cost/cost';
import { type RunFigures, runFigures } from '../../core/cost/figures';
import { startOf } from '../../core/run/tally';
import type { RunEvent, RunLabels } from '../../core/types';
import { measuredOf, useCalibration } from '../engine/calibration';
import { useLoading } from '../engine/loading';
import { useShownEvents } from '../recordings/playback';
import { useShownRecording } from '../recordings/recording';
import { useRun } from './run';
import { useSettings } from './settings';

/** The figures of a run, and whose machine they speak of. */
export interface Figured {
  readonly figures: RunFigures;
  /** Where the run was recorded, in words; null for a run of this device. */
  readonly recorder: string | null;
}

const NO_RUN: readonly RunEvent[] = [];

/** The figures of the run on the page, as far as it is shown; while it is still running, those of the device alone, which cost the run nothing. */
export function useShownFigures(): Figured {
  const shown = useShownEvents();
  const live = useRun(({ activity }) => activity !== 'idle');
  return useFigures(live ? NO_RUN : shown);
}

/** The draft whose costs the figures of `events`, by default of the run on the page, are made with: what is worth measuring. */
export function figuredDraft(events: readonly RunEvent[] = useRun.getState().events): string {
  const { draft } = useSettings.getState();
  return draftOf(startOf(events)?.labels ?? null, draft, useLoading.getState().manifest) ?? draft;
}

/** The figures of `events`, which may be none, with what is known of this device's costs. */
export function useFigures(events: readonly RunEvent[]): Figured {
  const chosen = useSettings((settings) => settings.draft);
  const manifest = useLoading((state) => state.manifest);
  useCalibration((state) => state.measured);
  const shown = useShownRecording();
  const recording = shown?.start === events[0] ? shown : null;
  const start = startOf(events);
  const draft = draftOf(start?.labels ?? null, chosen, manifest);
  const known = draft === null ? null : measuredOf(draft);
  // A run that this browser kept may be from another device too.
  const elsewhere = start !== null && known !== null && known.adapter !== start.labels.adapter;
  const recorded = start !== null && (elsewhere || recording !== null);
  const device: Calibration | null = known?.calibration ?? null;
  const figures = useMemo(() => runFigures(events, recorded, device), [events, recorded, device]);
  return { figures, recorder: recorded ? (recording?.about.machine ?? start.labels.adapter) : null };
}

/** The id of the draft whose costs a run is figured with: the one that drafted, else the chosen one; null where the page's pair is another. */
function draftOf(labels: RunLabels | null, chosen: string, manifest: Manifest | null): string | null {
  if (!labels || !manifest) return chosen;
  if (labels.target !== manifest.models[manifest.pair.target]?.name) return null;
  const drafting = labels.draft;
  if (drafting === null) return chosen;
  const found = draftChoices(manifest).find(({ id }) => {
    const name = manifest.models[id]?.name ?? id;
    return drafting === name || drafting.endsWith(`, then ${name}`);
  });
  if (found) return found.id;
  // N-gram drafting and a person draft without a model.
  return Object.values(manifest.models).some(({ name }) => name === drafting) ? null : chosen;
}

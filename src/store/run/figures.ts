import { useMemo } from 'react';
import { draftChoices, pairOf } from '../../catalog/pairing';
import type { TargetSpec } from '../../catalog/resolve';
import { isRunModel, isSameModel, type PairSpec } from '../../catalog/spec';
import type { Calibration } from '../../core/cost/cost';
import { type RunFigures, runFigures } from '../../core/cost/figures';
import { deviceOf } from '../../core/run/device';
import { startOf } from '../../core/run/tally';
import type { RunEvent, StartEvent } from '../../core/types';
import { measuredOf, usePairToCost } from '../engine/calibration';
import { chosenPair, chosenTarget, isRunOf, needsDraft, useCatalogue } from '../engine/catalogue';
import { useShownEvents } from '../recordings/playback';
import { useShownRecording } from '../recordings/recording';
import { useRun } from './run';

/** The figures of a run, and whose machine they speak of. */
export interface Figured {
  readonly figures: RunFigures;
  /** Where the run was recorded, in words; null for a run of this device. */
  readonly recorder: string | null;
}

const NO_RUN: readonly RunEvent[] = [];
const NO_TARGETS: readonly TargetSpec[] = [];

/** The figures of the run on the page, as far as it is shown; while it is still running, those of the device alone, which cost the run nothing. */
export function useShownFigures(): Figured {
  const shown = useShownEvents();
  const live = useRun(({ activity }) => activity !== 'idle');
  return useFigures(live ? NO_RUN : shown);
}

/** The pair whose costs the figures of `events`, by default of the run on the page, are made with: what is worth measuring. Of another target that is the chosen one, since nobody asked to load the other. */
export function figuredPair(events: readonly RunEvent[] = useRun.getState().events): PairSpec | null {
  const chosen = chosenPair();
  const target = chosenTarget();
  return (target && pairOfRun(startOf(events), chosen, [target])) ?? chosen;
}

/** The figures of `events`, which may be none, with what is known of this device's costs. */
export function useFigures(events: readonly RunEvent[]): Figured {
  const chosen = usePairToCost();
  const targets = useCatalogue(({ catalogue }) => catalogue?.targets ?? NO_TARGETS);
  const shown = useShownRecording();
  const recording = shown?.start === events[0] ? shown : null;
  const start = startOf(events);
  const known = measuredOf(pairOfRun(start, chosen, targets));
  // A run that this browser kept may be from another device too.
  const elsewhere = start !== null && known !== null && known.adapter !== start.labels.adapter;
  const recorded = start !== null && (elsewhere || recording !== null);
  const device: Calibration | null = known?.calibration ?? null;
  const figures = useMemo(() => runFigures(events, recorded, device), [events, recorded, device]);
  return { figures, recorder: recorded ? (recording?.about.machine ?? deviceOf(start)) : null };
}

/** The pair whose costs a run is figured with: the one that it ran on, with the chosen draft where none drafted; null where its target is none of `targets`. */
function pairOfRun(start: StartEvent | null, chosen: PairSpec | null, targets: readonly TargetSpec[]): PairSpec | null {
  if (!start || !chosen) return chosen;
  const { models, labels, settings } = start;
  const target = targets.find((each) => isRunOf(start, each));
  if (!target) return null;
  const drafted = models ? draftByIdentity(models.draft, target) : draftByName(labels.draft, target);
  if (drafted === undefined) return null;
  if (drafted !== null) return pairOf(target, needsDraft(settings) ? drafted : null);
  return isSameModel(target.model, chosen.target) ? chosen : pairOf(target, null);
}

/** The id of a draft of `target`; null where no model drafted, undefined where it was another model. */
function draftByIdentity(draft: NonNullable<StartEvent['models']>['draft'], target: TargetSpec): string | null | undefined {
  if (draft === null) return null;
  if (draft === 'itself') return target.model.id;
  return target.drafts.find(({ model }) => isRunModel(draft, model))?.model.id;
}

/** `draftByIdentity` of a run that kept no more than names. */
function draftByName(name: string | null, target: TargetSpec): string | null | undefined {
  if (name === null) return null;
  const nameOf = (id: string) => target.drafts.find(({ model }) => model.id === id)?.model.name ?? target.model.name;
  const found = draftChoices(target).find(({ id }) => name === nameOf(id) || name.endsWith(`, then ${nameOf(id)}`));
  // N-gram drafting and a person draft without a model.
  return found?.id ?? null;
}

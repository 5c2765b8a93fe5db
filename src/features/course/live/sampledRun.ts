import { useEffect, useState } from 'react';
import { startOf } from '../../../core/run/tally';
import type { RoundEvent, RunEvent } from '../../../core/types';
import { recordedRun } from '../../../lessons/recorded';
import { useRun } from '../../../store/run/run';

export interface SampledRun {
  readonly events: readonly RunEvent[];
  /** Whether it is the run on the page and not a recorded one. */
  readonly live: boolean;
}

/** A run by the rejection rule whose rounds can be judged by hand: the one on the page where it is such a run, otherwise a recorded one; null until that is read. */
export function useSampledRun(): SampledRun | null {
  const events = useRun((state) => state.events);
  const idle = useRun((state) => state.activity === 'idle');
  const [recorded, setRecorded] = useState<readonly RunEvent[] | null>(null);
  useEffect(() => {
    void recordedRun('sampled').then(setRecorded);
  }, []);
  if (idle && judgeable(events).length > 0) return { events, live: true };
  return recorded && { events: recorded, live: false };
}

/** The rounds of `events` that the rejection rule judged, with a rejection and all figures. */
export function judgeable(events: readonly RunEvent[]): RoundEvent[] {
  const sampling = startOf(events)?.settings.sampling;
  if (!sampling || sampling.temperature === 0 || sampling.rule !== 'rejection') return [];
  return events.filter((event): event is RoundEvent => event.type === 'round' && hasRejection(event));
}

function hasRejection({ tokens }: RoundEvent): boolean {
  const judged = tokens.filter(({ verdict }) => verdict === 'accepted' || verdict === 'rejected');
  const known = judged.every(({ p, q, u }) => p !== null && q !== null && u !== null && q > 0);
  return known && judged.at(-1)?.verdict === 'rejected' && tokens.some(({ verdict }) => verdict === 'corrected');
}

import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { type Heat, LANES, type Lane, type Leap, leapsOf, type Runner, runnerAt } from '../../core/modes/race';
import { startOf } from '../../core/run/tally';
import type { RunEvent } from '../../core/types';
import { racePlayer, shownHeat, useRace } from '../../store/modes/race';

export interface LaneAtMoment {
  readonly lane: Lane;
  readonly events: readonly RunEvent[];
  readonly leaps: readonly Leap[];
  readonly runner: Runner;
}

/** The heat that is shown, kept still while its runs do not grow. */
export function useHeat(): Heat {
  return useRace(shownHeat);
}

/** One run of the shown heat at the shown moment; changes only as something happens to it. */
export function useRunner(lane: Lane): LaneAtMoment {
  const events = useRace((state) => shownHeat(state).runs[lane]);
  const leaps = useMemo(() => leapsOf(events), [events]);
  const runner = racePlayer.use(useShallow(({ atMs }) => runnerAt(events, leaps, atMs ?? Number.POSITIVE_INFINITY)));
  return { lane, events, leaps, runner };
}

/** Tokens from the start to the finish: as many as the longer text has, or may have while it is measured. */
export function useTrackLength(): number {
  return useRace((state) => {
    const { runs } = shownHeat(state);
    const measured = LANES.map((lane) => leapsOf(runs[lane]).at(-1)?.to ?? 0);
    const allowed = state.activity === 'measuring' ? LANES.map((lane) => startOf(runs[lane])?.settings.maxTokens ?? 0) : [];
    return Math.max(1, ...measured, ...allowed);
  });
}

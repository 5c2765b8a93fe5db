import { type ExperimentPlan, type MeasuredRun, type PlannedRun, planRuns } from '../../../src/core/study/experiment';
import type { RoundEvent, RunEvent, RunToken, Verdict } from '../../../src/core/types';

/** A token whose text is a blank and its id, unless another is given. */
export function tokenOf(id: number, verdict: Verdict, { p = 0.5, text = ` ${id}` }: { p?: number | null; text?: string } = {}): RunToken {
  return {
    id,
    verdict,
    p,
    q: verdict === 'plain' || verdict === 'bonus' || verdict === 'corrected' ? null : 0.5,
    u: null,
    candidates: null,
    text,
  };
}

/** The events of a planned run whose rounds hold these tokens and take so many milliseconds each. */
export function eventsOf({ prompt, settings, draft }: PlannedRun, rounds: readonly (readonly RunToken[])[], roundMs: number): RunEvent[] {
  const labels = { target: 'Target', draft: settings.mode === 'plain' ? null : draft, adapter: 'memory' };
  return [
    { type: 'start', prompt, promptIds: [1, 2, 3], settings, labels, calibration: null },
    ...rounds.map(
      (tokens, index): RoundEvent => ({
        ...{ type: 'round', index, tokens, readbacks: 1, limits: { model: 4, ngram: 0 }, device: null },
        ...{ source: settings.mode === 'plain' ? null : 'model', startMs: index * roundMs, endMs: (index + 1) * roundMs },
      }),
    ),
    { type: 'end', reason: 'length', endMs: rounds.length * roundMs },
  ];
}

/** Every run of `plan`, measured as `measure` says. */
export function measureAll(plan: ExperimentPlan, measure: (run: PlannedRun) => RunEvent[]): MeasuredRun[] {
  return planRuns(plan).map((planned) => ({ planned, events: measure(planned), wallMs: 100 }));
}

import { checkPlan, type ExperimentPlan, type MeasuredRun, type PlannedRun, planRuns } from '../../core/study/experiment';
import type { RunSettings } from '../../core/types';
import { calibrationSettled, ensureCalibration, stopCalibration } from '../engine/calibration';
import { pairFor, readCatalogue } from '../engine/catalogue';
import { targetOfWork } from '../engine/work';
import { completeRun } from './request';

/**
 * Carries out `plan` run by run, as part of the work that has the models (`occupy`); each run is handed over once it has ended. An adaptive
 * length depends on what a pair costs here, so unknown costs are measured first; and what a draft's first run must load and make ready is
 * done before it is measured.
 *
 * @throws FailureError why the plan, or one of its runs, could not be carried out; what was handed over stands
 */
export async function measurePlan(plan: ExperimentPlan, signal: AbortSignal, measured: (run: MeasuredRun) => void): Promise<void> {
  checkPlan(plan);
  const adaptive = new Set(plan.variants.filter(({ gamma }) => gamma === 'auto').map(({ draft }) => draft));
  // N-grams alone need no model.
  const byModel = new Set(plan.variants.filter(({ drafting }) => drafting !== 'ngram').map(({ draft }) => draft));
  const draftingWith = (draft: string) => (byModel.has(draft) ? 'model' : 'ngram');
  signal.addEventListener('abort', stopCalibration, { once: true });
  let warm: string | null = null;
  try {
    for (const planned of planRuns(plan)) {
      if (adaptive.has(planned.draft)) {
        await calibrationSettled();
        // A stop has ended that one, and begins no other.
        await readCatalogue();
        const { draft } = planned;
        if (!signal.aborted) await ensureCalibration(pairFor({ draft, drafting: draftingWith(draft) }, targetOfWork()));
      }
      if (signal.aborted) return;
      if (planned.draft !== warm && !(await warmUp(planned, draftingWith(planned.draft), signal))) return;
      warm = planned.draft;
      let startMs = performance.now();
      const { prompt, settings, draft } = planned;
      const events = await completeRun({ prompt, settings, draft }, signal, ({ type }) => {
        // What it waited for before, such as a part of an import, is not the run's.
        if (type === 'start') startMs = performance.now();
      });
      if (!events) return;
      measured({ planned, events, wallMs: performance.now() - startMs });
    }
  } finally {
    signal.removeEventListener('abort', stopCalibration);
  }
}

/** Tokens that touch all that a run needs: a plain round, a drafted one. */
const WARM_UP_TOKENS = 6;

/** Loads what a run needs and has it made ready, drafting included, so that no measured run pays for that. @returns false where it was stopped */
async function warmUp({ prompt, draft, settings }: PlannedRun, drafting: RunSettings['drafting'], signal: AbortSignal): Promise<boolean> {
  const short: RunSettings = { ...settings, mode: 'speculative', drafting, gamma: 2, maxTokens: WARM_UP_TOKENS };
  return (await completeRun({ prompt, draft, settings: short }, signal)) !== null;
}

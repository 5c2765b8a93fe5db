import { create } from 'zustand';
import type { TargetSpec } from '../../catalog/resolve';
import type { ModelSpec } from '../../catalog/spec';
import { type Failure, toFailure } from '../../core/failure';
import { type ClaimModels, type EvidenceName, evidencePlan } from '../../core/study/claims';
import { type MeasuredRun, planRuns } from '../../core/study/experiment';
import { chosenTarget, useCatalogue } from '../engine/catalogue';
import { load } from '../engine/loading';
import { occupy } from '../engine/work';
import { measurePlan } from '../run/measurePlan';
import { EXPERIMENT_PROMPTS } from './experimentPrompts';

export interface ClaimsState {
  /** What was measured for each set of evidence; it stays until the first run of the next measurement has ended. */
  readonly evidence: Readonly<Partial<Record<EvidenceName, readonly MeasuredRun[]>>>;
  /** What is measured now, with its runs in all; null while nothing is. */
  readonly measuring: { readonly name: EvidenceName; readonly done: number; readonly total: number } | null;
  readonly failure: Failure | null;
}

export const EVIDENCE_NAMES: readonly EvidenceName[] = ['speed', 'equality', 'verification', 'half', 'drafts'];

export const useClaims = create<ClaimsState>()(() => ({ evidence: {}, measuring: null, failure: null }));

export function dismissClaimsFailure(): void {
  useClaims.setState({ failure: null });
}

/** The models that claims are judged by: a target and what may draft for it; null while there is no target. */
export function claimModels(target: TargetSpec | null = chosenTarget()): ClaimModels | null {
  if (!target) return null;
  const sized = ({ id, parameters }: ModelSpec) => ({ id, parameters });
  return { target: sized(target.model), drafts: [...target.drafts.map(({ model }) => sized(model)), sized(target.model)] };
}

/** Measures what the claims `names` need, one after the other. Results stay, however it ends. */
export async function measureEvidence(names: readonly EvidenceName[]): Promise<void> {
  await occupy('claims', async (signal) => {
    useClaims.setState({ failure: null });
    try {
      if (!useCatalogue.getState().catalogue) await load();
      const models = claimModels();
      if (!models) return;
      for (const name of names) {
        if (signal.aborted) return;
        const plan = evidencePlan(name, models, EXPERIMENT_PROMPTS);
        const total = planRuns(plan).length;
        const runs: MeasuredRun[] = [];
        useClaims.setState({ measuring: { name, done: 0, total } });
        await measurePlan(plan, signal, (run) => {
          runs.push(run);
          useClaims.setState(({ evidence }) => ({
            evidence: { ...evidence, [name]: [...runs] },
            measuring: { name, done: runs.length, total },
          }));
        });
      }
    } catch (thrown) {
      useClaims.setState({ failure: toFailure(thrown) });
    } finally {
      useClaims.setState({ measuring: null });
    }
  });
}

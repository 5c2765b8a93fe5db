import { create } from 'zustand';
import { draftChoices } from '../../catalog/manifest';
import { type Failure, toFailure } from '../../core/failure';
import { type ClaimModels, type EvidenceName, evidencePlan } from '../../core/study/claims';
import { type MeasuredRun, planRuns } from '../../core/study/experiment';
import { load, useLoading } from '../engine/loading';
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

/** The models of the page's pair; null while the manifest has not been read. */
export function claimModels(manifest = useLoading.getState().manifest): ClaimModels | null {
  if (!manifest) return null;
  const model = (id: string) => ({ id, parameters: manifest.models[id]?.parameters ?? 0 });
  return { target: model(manifest.pair.target), drafts: draftChoices(manifest).map(({ id }) => model(id)) };
}

/** Measures what the claims `names` need, one after the other. Results stay, however it ends. */
export async function measureEvidence(names: readonly EvidenceName[]): Promise<void> {
  await occupy('claims', async (signal) => {
    useClaims.setState({ failure: null });
    try {
      if (!useLoading.getState().manifest) await load();
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

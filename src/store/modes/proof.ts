import { create } from 'zustand';
import type { TargetSpec } from '../../catalog/resolve';
import { type Failure, toFailure } from '../../core/failure';
import { startOf } from '../../core/run/tally';
import { checkRun } from '../../core/settings';
import { type Arm, checkSamplePlan, proofKind, type SamplePlan, sampleSettings } from '../../core/study/proof';
import { type Beginning, beginningOf } from '../../core/study/sameDistribution';
import type { RunEvent, RunSettings, StartEvent } from '../../core/types';
import type { TraceAbout } from '../../formats/trace/trace';
import { chosenTarget, isRunOf } from '../engine/catalogue';
import { occupy } from '../engine/work';
import { FrameBuffer } from '../run/frameBuffer';
import { completeRun, type RunRequest } from '../run/request';
import { runSettings, useSettings } from '../run/settings';

/** Both runs of a comparison of ids, as far as they have come. */
export interface IdsProof {
  readonly speculative: readonly RunEvent[];
  readonly plain: readonly RunEvent[];
}

/** Both samples of a comparison of distributions, as far as they have come, and a third that is known to be wrong. */
export interface DistributionProof {
  readonly plan: SamplePlan;
  /** Of the first speculative run; null before it. */
  readonly start: StartEvent | null;
  readonly samples: Readonly<Record<Arm, readonly Beginning[]>>;
}

export interface ProofState {
  readonly plan: SamplePlan;
  /** The latest of each kind; it stays until the next has begun. */
  readonly ids: IdsProof | null;
  readonly distribution: DistributionProof | null;
  /** What is known of `ids` where they are recordings, shown before anything was proven here; null otherwise. */
  readonly example: TraceAbout | null;
  readonly failure: Failure | null;
}

export const useProof = create<ProofState>()(() => ({
  plan: { size: 300, tokens: 4 },
  ids: null,
  distribution: null,
  example: null,
  failure: null,
}));

export function changeSamplePlan(change: Partial<SamplePlan>): void {
  useProof.setState(({ plan }) => ({ plan: { ...plan, ...change } }));
}

export function dismissProofFailure(): void {
  useProof.setState({ failure: null });
}

/** Decodes the prompt both ways with the settings as they are, and compares what can be compared under them. */
export function startProof(): Promise<void> {
  const chosen = useSettings.getState();
  // Where the outputs differ, the most likely tokens give the target's probability of both.
  const settings: RunSettings = { ...runSettings(chosen), mode: 'speculative', candidates: true };
  const request = { prompt: chosen.prompt, settings, draft: chosen.draft };
  return asProof((signal) => (proofKind(settings.sampling) === 'ids' ? compareIds(request, signal) : compareSamples(request, signal)));
}

/** Whether a wrong rule can be sampled beside the samples that are there: on the target that they are of. */
export function canSampleWrongRule(
  { distribution }: Pick<ProofState, 'distribution'> = useProof.getState(),
  target: TargetSpec | null = chosenTarget(),
): boolean {
  const start = distribution?.start;
  return start ? target !== null && isRunOf(start, target) : false;
}

/** Samples what a wrong rule would write, as often as the target's own, beside the samples that are there. */
export function sampleWrongRule(): Promise<void> {
  return asProof(async (signal) => {
    const { distribution } = useProof.getState();
    if (!distribution?.start || !canSampleWrongRule()) return;
    const { draft } = useSettings.getState();
    const request = { prompt: distribution.start.prompt, settings: distribution.start.settings, draft };
    keep('control', []);
    for (let i = 0; i < distribution.samples.plain.length; i++) {
      if (!(await sample(request, distribution.plan, 'control', i, signal))) return;
    }
  });
}

async function asProof(body: (signal: AbortSignal) => Promise<void>): Promise<void> {
  await occupy('proof', async (signal) => {
    useProof.setState({ failure: null });
    await body(signal).catch((thrown: unknown) => useProof.setState({ failure: toFailure(thrown) }));
  });
}

async function compareIds(request: RunRequest, signal: AbortSignal): Promise<void> {
  checkRun(request);
  let ids: IdsProof = { speculative: [], plain: [] };
  for (const mode of ['speculative', 'plain'] as const) {
    const arriving = new FrameBuffer<RunEvent>((events) => {
      ids = { ...ids, [mode]: [...ids[mode], ...events] };
      useProof.setState({ ids, example: null });
    });
    try {
      const settings = { ...request.settings, mode };
      if (!(await completeRun({ ...request, settings }, signal, (event) => arriving.add(event)))) return;
    } finally {
      arriving.flush();
    }
  }
}

async function compareSamples(request: RunRequest, signal: AbortSignal): Promise<void> {
  const { plan } = useProof.getState();
  checkSamplePlan(plan);
  checkRun({ ...request, settings: sampleSettings(request.settings, plan, 'control', plan.size) });
  useProof.setState({ distribution: { plan, start: null, samples: { plain: [], speculative: [], control: [] } } });
  for (let i = 0; i < plan.size; i++) {
    for (const side of ['speculative', 'plain'] as const) if (!(await sample(request, plan, side, i, signal))) return;
  }
}

/** One short run, added to its side. @returns false if it was stopped */
async function sample(request: RunRequest, plan: SamplePlan, side: Arm, index: number, signal: AbortSignal): Promise<boolean> {
  const settings = sampleSettings(request.settings, plan, side, index);
  const events = await completeRun({ ...request, settings }, signal);
  const beginning = events && beginningOf(events, plan.tokens);
  if (!events || !beginning) return false;
  if (side === 'speculative' && index === 0) keepStart(startOf(events), request.settings);
  keep(side, [...(useProof.getState().distribution?.samples[side] ?? []), beginning]);
  return true;
}

/** With the settings that the samples' own are made from. */
function keepStart(start: StartEvent | null, settings: RunSettings): void {
  useProof.setState(({ distribution }) => ({
    distribution: distribution && start && { ...distribution, start: { ...start, settings } },
  }));
}

function keep(side: Arm, beginnings: readonly Beginning[]): void {
  useProof.setState(({ distribution }) => ({
    distribution: distribution && { ...distribution, samples: { ...distribution.samples, [side]: beginnings } },
  }));
}

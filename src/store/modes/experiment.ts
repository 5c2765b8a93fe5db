import { create } from 'zustand';
import type { DraftChoice } from '../../catalog/pairing';
import { type Failure, toFailure } from '../../core/failure';
import {
  type ExperimentPlan,
  type ExperimentPrompt,
  type MeasuredRun,
  ownPrompt,
  type PlannedRun,
  planRuns,
  type Variant,
} from '../../core/study/experiment';
import type { Choice } from '../../core/study/vote';
import type { RunSettings, SamplingSettings } from '../../core/types';
import { FIRST_DRAFT } from '../../formats/settings';
import { offeredDrafts, useCatalogue } from '../engine/catalogue';
import { load } from '../engine/loading';
import { occupy } from '../engine/work';
import { measurePlan } from '../run/measurePlan';
import { useSettings } from '../run/settings';
import { EXPERIMENT_PROMPTS } from './experimentPrompts';

/** The source of drafts: a model by its id, or what followed before in the text. */
export type ExperimentDraft = { readonly drafting: 'model' | 'mixed'; readonly draft: string } | { readonly drafting: 'ngram' };

/** What a person has chosen to measure; `checkPlan` judges it as a whole when it begins. */
export interface ExperimentForm {
  /** Of `EXPERIMENT_PROMPTS`, by their text. */
  readonly chosen: readonly string[];
  readonly own: readonly string[];
  /** As `draftKey` writes them. */
  readonly drafts: readonly string[];
  readonly gammas: readonly (number | 'auto')[];
  readonly maxTokens: number;
  /** Whether runs go on past the end of their answer, up to `maxTokens`. */
  readonly fixedLength: boolean;
  readonly repetitions: number;
  readonly temperature: number;
  readonly rule: SamplingSettings['rule'];
  readonly seed: number;
}

export interface ExperimentState {
  readonly form: ExperimentForm;
  /** What the measurements below belong to; null before the first experiment. */
  readonly planned: readonly PlannedRun[] | null;
  /** Runs that have ended, in their order; they stay until the next experiment has begun. */
  readonly measured: readonly MeasuredRun[];
  /** What was voted, by a ballot's key. */
  readonly votes: Readonly<Record<string, Choice>>;
  readonly failure: Failure | null;
}

export const DRAFT_LENGTHS: readonly (number | 'auto')[] = ['auto', 1, 2, 3, 4, 6, 8, 12, 16];

export const useExperiment = create<ExperimentState>()(() => ({
  form: {
    chosen: ['story', 'json', 'code', 'copy', 'hard'].flatMap(
      (kind) => EXPERIMENT_PROMPTS.find((each) => each.kind === kind)?.prompt ?? [],
    ),
    own: [],
    drafts: [draftKey({ drafting: 'model', draft: FIRST_DRAFT })],
    gammas: ['auto', 4],
    ...{ maxTokens: 160, fixedLength: false, repetitions: 2, temperature: 0, rule: 'rejection', seed: 1 },
  },
  planned: null,
  measured: [],
  votes: {},
  failure: null,
}));

export function changeExperiment(change: Partial<ExperimentForm>): void {
  useExperiment.setState(({ form }) => ({ form: { ...form, ...change } }));
}

export function dismissExperimentFailure(): void {
  useExperiment.setState({ failure: null });
}

export function vote(ballot: string, choice: Choice): void {
  useExperiment.setState(({ votes }) => ({ votes: { ...votes, [ballot]: choice } }));
}

/** A choice in one word, for lists and storage. */
export function draftKey(choice: ExperimentDraft): string {
  return choice.drafting === 'ngram' ? 'ngram' : `${choice.drafting}:${choice.draft}`;
}

/** A target that has no draft of those that are chosen offers its first as well; the others stay chosen for a target that has them. */
function offerFirst(): void {
  const { form } = useExperiment.getState();
  if (offeredDrafts().length === 0 || form.gammas.length === 0 || planOf(form, offeredDrafts()).variants.length > 0) return;
  changeExperiment({ drafts: [...form.drafts, draftKey({ drafting: 'model', draft: FIRST_DRAFT })] });
}

useCatalogue.subscribe(({ catalogue }, before) => {
  if (catalogue !== before.catalogue) offerFirst();
});
useSettings.subscribe(({ target }, before) => {
  if (target !== before.target) offerFirst();
});

/** The plan that the form stands for. @param drafts that may be chosen */
export function planOf(form: ExperimentForm, drafts: readonly OfferedDraft[]): ExperimentPlan {
  const { chosen, own, gammas, maxTokens, fixedLength, repetitions, temperature, rule, seed } = form;
  const prompts: ExperimentPrompt[] = [...EXPERIMENT_PROMPTS.filter(({ prompt }) => chosen.includes(prompt)), ...own.map(ownPrompt)];
  const sources = settledDrafts(form, drafts).flatMap((key) => sourceOf(key, drafts));
  // N-gram drafting alone needs no model, so it stays with one that is loaded anyway.
  const loaded = sources.find(({ drafting }) => drafting !== 'ngram')?.draft ?? drafts[0]?.id ?? '';
  const variants = sources.flatMap(({ drafting, draft }) => gammas.map((gamma): Variant => ({ drafting, draft: draft ?? loaded, gamma })));
  return { prompts, variants, maxTokens, fixedLength, repetitions, temperature, rule, seed };
}

type OfferedDraft = Pick<DraftChoice, 'id'> & Partial<Pick<DraftChoice, 'itself'>>;

/** What is chosen of `drafts`, with the first of them by its id; n-grams where that is the target itself. */
export function settledDrafts({ drafts: chosen }: ExperimentForm, [first]: readonly OfferedDraft[]): readonly string[] {
  const unnamed = draftKey({ drafting: 'model', draft: FIRST_DRAFT });
  const named = first && draftKey(first.itself ? { drafting: 'ngram' } : { drafting: 'model', draft: first.id });
  return [...new Set(chosen.map((key) => (key === unnamed && named ? named : key)))];
}

/** None where there is no such draft. */
function sourceOf(key: string, drafts: readonly OfferedDraft[]): { drafting: RunSettings['drafting']; draft: string | null }[] {
  if (key === 'ngram') return [{ drafting: 'ngram', draft: null }];
  const [drafting, draft] = key.split(':');
  const known = drafts.some(({ id }) => id === draft);
  return known && draft !== undefined && (drafting === 'model' || drafting === 'mixed') ? [{ drafting, draft }] : [];
}

/** Measures what the form says; nothing while the models are at work. Failures land in the state, and what was measured stays. */
export async function runExperiment(): Promise<void> {
  await occupy('experiment', async (signal) => {
    useExperiment.setState({ failure: null });
    try {
      // Without it there is nothing to choose from; why it cannot be read is told where models are.
      if (!useCatalogue.getState().catalogue) await load();
      const plan = planOf(useExperiment.getState().form, offeredDrafts());
      let begun = false;
      const begin = () => {
        if (!begun) useExperiment.setState({ planned: planRuns(plan), measured: [], votes: {} });
        begun = true;
      };
      await measurePlan(plan, signal, (run) => {
        begin();
        useExperiment.setState(({ measured }) => ({ measured: [...measured, run] }));
      });
    } catch (thrown) {
      useExperiment.setState({ failure: toFailure(thrown) });
    }
  });
}

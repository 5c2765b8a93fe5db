import { RUN } from '../declaredSettings';
import { FailureError } from '../failure';
import { median } from '../median';
import { tally } from '../run/tally';
import { checkSettings, DEFAULT_RUN, GREEDY } from '../settings';
import { LIMITS, type RunEvent, type RunSettings, type SamplingSettings } from '../types';
import { kindOf, type TextKind } from './quality';

/** A way of speculating, to be measured against plain decoding. */
export interface Variant {
  readonly drafting: RunSettings['drafting'];
  /** A draft's id in the manifest; of a model that does not draft where tokens are only looked up. */
  readonly draft: string;
  readonly gamma: number | 'auto';
}

export interface ExperimentPrompt {
  readonly kind: TextKind;
  readonly prompt: string;
}

/** What is to be measured: every prompt plainly and in every variant, as often as said. */
export interface ExperimentPlan {
  readonly prompts: readonly ExperimentPrompt[];
  readonly variants: readonly Variant[];
  /** Most tokens of a run; as many as every run has where `fixedLength` is set. */
  readonly maxTokens: number;
  /** Go on past the end of an answer. Most text there is not what was asked for, and much easier to draft. */
  readonly fixedLength: boolean;
  readonly repetitions: number;
  readonly temperature: number;
  readonly rule: SamplingSettings['rule'];
  /** Of the first repetition; each further one takes one more. */
  readonly seed: number;
}

/** One run of a plan. */
export interface PlannedRun extends ExperimentPrompt {
  /** Position in the plan's order. */
  readonly index: number;
  readonly repetition: number;
  /** null: plain decoding. */
  readonly variant: Variant | null;
  /** Runs of one group share prompt, seed and model, and come one after another: what is compared is compared within it. */
  readonly group: string;
  /** The draft's id that the engine is asked for; a plain run keeps the one of its group loaded. */
  readonly draft: string;
  readonly settings: RunSettings;
}

/** A run of a plan with what came of it. */
export interface MeasuredRun {
  readonly planned: PlannedRun;
  readonly events: readonly RunEvent[];
  /** From its start event on, by the page's clock, in milliseconds. */
  readonly wallMs: number;
}

/** An answer that ends before it has this many tokens says little of rates and speeds, so they leave it out. */
export const LEAST_TOKENS = 24;

/** Whether the answer of a run ended by itself before `LEAST_TOKENS`. */
export function isTooShort(events: readonly RunEvent[]): boolean {
  const end = events.at(-1);
  return end?.type === 'end' && end.reason === 'stop' && tally(events).committed < LEAST_TOKENS;
}

/** An experiment keeps every event, so it has an end. */
export const EXPERIMENT_LIMITS = { repetitions: { min: 1, max: 20 }, maxTokens: { min: 2, max: 1000 }, runs: 600, prompt: 4000 } as const;

/** @throws FailureError invalid-setting, prompt-empty: why `plan` cannot be carried out, before anything is run */
export function checkPlan(plan: ExperimentPlan): void {
  const { prompts, variants, maxTokens, repetitions } = plan;
  const { runs: mostRuns, prompt: mostLetters } = EXPERIMENT_LIMITS;
  if (prompts.length === 0) throw new FailureError('prompt-empty', 'No prompt is chosen.', 'Choose at least one, or add one of your own.');
  if (prompts.some(({ prompt }) => prompt.trim() === ''))
    throw new FailureError('prompt-empty', 'A prompt is empty.', 'Write it, or take it away.');
  const long = prompts.find(({ prompt }) => prompt.length > mostLetters);
  if (long) throw invalid(`A prompt has ${long.prompt.length} characters`, `at most ${mostLetters}; these models hold some hundred words`);
  if (variants.length === 0)
    throw invalid('No draft, or no draft length, is chosen', 'at least one of each: plain decoding is measured with it');
  checkWhole('Repetitions', repetitions, EXPERIMENT_LIMITS.repetitions);
  checkWhole(RUN.maxTokens.name, maxTokens, EXPERIMENT_LIMITS.maxTokens);
  for (const { gamma } of variants) if (gamma !== 'auto') checkWhole(RUN.gamma.name, gamma, LIMITS.gamma);
  const runs = planRuns(plan);
  if (runs.length > mostRuns)
    throw invalid(`The experiment has ${runs.length} runs`, `fewer prompts, drafts, lengths or repetitions: at most ${mostRuns} runs`);
  for (const { settings } of runs) checkSettings(settings);
}

function checkWhole(field: string, value: number, { min, max }: { readonly min: number; readonly max: number }): void {
  if (!Number.isInteger(value) || value < min || value > max) throw invalid(`${field}: ${value}`, `a whole number, ${min} to ${max}`);
}

function invalid(what: string, choose: string): FailureError {
  return new FailureError('invalid-setting', `${what}.`, `Choose ${choose}.`);
}

/**
 * The runs of `plan` in their order: interleaved, so that other work on the machine affects all alike, and each repetition begins
 * elsewhere. A change of draft costs a load, so runs with one draft stay together, with plain runs of their own.
 */
export function planRuns(plan: ExperimentPlan): PlannedRun[] {
  const { prompts, variants, repetitions } = plan;
  const drafts = [...new Set(variants.map(({ draft }) => draft))];
  const runs: Omit<PlannedRun, 'index'>[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const draft of rotated(drafts, repetition)) {
      const ways = [null, ...variants.filter((variant) => variant.draft === draft)];
      for (const [at, { kind, prompt }] of prompts.entries()) {
        for (const variant of rotated(ways, repetition + at)) {
          const group = [repetition, at, draft].join();
          runs.push({ kind, prompt, repetition, variant, group, draft, settings: settingsOf(plan, variant, repetition) });
        }
      }
    }
  }
  return runs.map((run, index) => ({ ...run, index }));
}

function settingsOf(plan: ExperimentPlan, variant: Variant | null, repetition: number): RunSettings {
  const { maxTokens, fixedLength, temperature, rule, seed } = plan;
  return {
    ...DEFAULT_RUN,
    ...(variant ? { mode: 'speculative', drafting: variant.drafting, gamma: variant.gamma } : { mode: 'plain' }),
    maxTokens,
    ignoreStopTokens: fixedLength,
    sampling: { ...GREEDY, temperature, rule, seed: seed + repetition },
  };
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/** A person's own prompt, of the kind that it looks like. */
export function ownPrompt(prompt: string): ExperimentPrompt {
  return { kind: kindOf(prompt), prompt };
}

/**
 * How long the rest of a plan will take if its runs take what those of their mode have taken so far, in milliseconds; null while nothing has been
 * measured. The median of a mode stands for each run of it.
 */
export function estimateLeftMs(measured: readonly MeasuredRun[], left: readonly PlannedRun[]): number | null {
  if (measured.length === 0) return null;
  const all = median(measured.map(({ wallMs }) => wallMs));
  const typical = new Map<RunSettings['mode'], number>();
  for (const mode of ['plain', 'speculative'] as const) {
    const walls = measured.filter(({ planned }) => planned.settings.mode === mode).map(({ wallMs }) => wallMs);
    typical.set(mode, walls.length > 0 ? median(walls) : all);
  }
  return left.reduce((sum, { settings }) => sum + (typical.get(settings.mode) ?? all), 0);
}

/** Whether two variants are the same way of speculating. */
export function sameVariant(a: Variant | null, b: Variant | null): boolean {
  return a === b || (a !== null && b !== null && a.drafting === b.drafting && a.draft === b.draft && a.gamma === b.gamma);
}

import { FailureError } from '../failure';
import type { RunSettings, SamplingSettings } from '../types';
import type { Beginning, Judgement } from './sameDistribution';

/** How two ways of decoding can be compared: by the ids that they write, or by the distribution that they draw from. */
export type ProofKind = 'ids' | 'distribution';

/** Under the rejection rule two runs above temperature 0 are two draws, and a draw proves nothing; everywhere else the ids themselves must be the same. */
export function proofKind({ temperature, rule }: Pick<SamplingSettings, 'temperature' | 'rule'>): ProofKind {
  return temperature > 0 && rule === 'rejection' ? 'distribution' : 'ids';
}

/** How much is sampled for a comparison of distributions. */
export interface SamplePlan {
  /** Runs of each side. */
  readonly size: number;
  /** Tokens that a run begins with, which are counted together as one outcome. */
  readonly tokens: number;
}

export const SAMPLE_LIMITS = { size: { min: 20, max: 5000 }, tokens: { min: 3, max: 8 } } as const;

/** Draft length where the settings leave it to the controller, which might draft nothing: then no rule would be put to the test. */
export const PROOF_GAMMA = 3;

/** Seeds of the samples lie this far apart, so that no two runs share one. */
const APART = 1_000_000;

export type Arm = 'plain' | 'speculative' | 'control';
const SIDES: readonly Arm[] = ['plain', 'speculative', 'control'];

/** @throws FailureError invalid-setting, naming the field and its range */
export function checkSamplePlan({ size, tokens }: SamplePlan): void {
  checkWhole('Runs of each side', size, SAMPLE_LIMITS.size);
  checkWhole('Tokens that are counted', tokens, SAMPLE_LIMITS.tokens);
}

function checkWhole(field: string, value: number, { min, max }: { readonly min: number; readonly max: number }): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new FailureError('invalid-setting', `${field}: ${value}.`, `Choose a whole number, ${min} to ${max}.`);
}

/**
 * What the `index`-th run of one side is asked: as short as the plan says, whatever stop tokens say, and with a seed of its own.
 *
 * @param settings of the speculative run
 * @throws FailureError invalid-setting where the seeds would leave the whole numbers that are exact
 */
export function sampleSettings(settings: RunSettings, plan: SamplePlan, side: Arm, index: number): RunSettings {
  const seed = Number(settings.sampling.seed) + SIDES.indexOf(side) * APART + index;
  if (!Number.isSafeInteger(seed))
    throw new FailureError('invalid-setting', `Seed is ${settings.sampling.seed}.`, 'Choose a smaller one: every sample takes one more.');
  const temperature = side === 'control' ? controlTemperature(settings.sampling.temperature) : settings.sampling.temperature;
  return {
    ...settings,
    mode: side === 'speculative' ? 'speculative' : 'plain',
    gamma: settings.gamma === 'auto' ? PROOF_GAMMA : settings.gamma,
    maxTokens: plan.tokens,
    ignoreStopTokens: true,
    sampling: { ...settings.sampling, temperature, seed },
  };
}

/** The temperature that stands for a wrong rule: it writes much the same, and a few hundred runs tell it apart. */
export function controlTemperature(temperature: number): number {
  return Math.round((temperature + 0.6) * 100) / 100;
}

/** Rejected drafts from which on a comparison has tried the residual, the rule's other half. */
export const LEAST_REJECTED = 50;

/** Drafts that the speculative runs of a sample judged on the way. */
export interface Tried {
  readonly judged: number;
  readonly rejected: number;
  /** Whether they say anything of the rule as a whole. */
  readonly enough: boolean;
}

export function triedBy(speculative: readonly Beginning[]): Tried {
  const judged = speculative.reduce((sum, each) => sum + each.judged, 0);
  const rejected = speculative.reduce((sum, each) => sum + each.rejected, 0);
  return { judged, rejected, enough: rejected >= LEAST_REJECTED };
}

/** What a comparison of distributions comes to. `untried`: no difference was found, where a wrong rule would hardly have made one. */
export type ProofVerdict = Judgement['verdict'] | 'untried';

export function proofVerdict({ verdict }: Judgement, tried: Tried): ProofVerdict {
  return verdict === 'alike' && !tried.enough ? 'untried' : verdict;
}

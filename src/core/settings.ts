import {
  defaultsOf,
  fits,
  LIMITS,
  number,
  type PlainSetting,
  RUN,
  type RunSettings,
  rangeOf,
  SAMPLING,
  type SamplingSettings,
  type Setting,
} from './declaredSettings';
import { FailureError } from './failure';

/** The target's own most likely token at every position. */
export const GREEDY: SamplingSettings = defaultsOf(SAMPLING);

/** What a run does that nothing else was asked of. */
export const DEFAULT_RUN: RunSettings = { ...defaultsOf(RUN), sampling: GREEDY };

/** Whether the largest logit, as the model gave it, decides alone. */
export function isGreedy(sampling: SamplingSettings): boolean {
  return sampling.temperature === 0 && !penalises(sampling) && Object.keys(sampling.logitBias).length === 0;
}

/** Whether tokens that came before weigh otherwise. */
export function penalises({ repetitionPenalty, frequencyPenalty, presencePenalty }: SamplingSettings): boolean {
  return repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
}

/** What is judged of a run before anything is loaded for it. */
interface CheckedRun {
  readonly prompt: string;
  /** Whether the prompt is a text to go on from, which blanks are too. */
  readonly raw?: boolean;
  readonly settings: RunSettings;
}

/** @throws FailureError prompt-empty, invalid-setting; a format is judged by `format/format.ts` */
export function checkRun({ prompt, raw, settings }: CheckedRun): void {
  if ((raw ? prompt : prompt.trim()) === '')
    throw new FailureError('prompt-empty', 'The prompt is empty.', 'Type something for the models to answer.');
  checkSettings(settings);
}

/** Throws `invalid-setting`, naming the first setting that is not what its declaration allows, and what is. */
export function checkSettings({ sampling, ...run }: RunSettings): void {
  checkDeclared(RUN, run);
  // Plain decoding drafts nothing, whatever stands in the field; of a list it takes how many tokens it reads back together.
  if (run.mode === 'speculative' || typeof run.gamma === 'object') checkGamma(run.gamma);
  for (const string of run.stopStrings) require('A stop string', `"${string}"`, string !== '', 'at least one character');
  checkSampling(sampling);
  checkLogitBias(sampling.logitBias, Infinity);
}

/** Throws `invalid-setting` as `checkSettings`; a bias is judged with the vocabulary (`checkLogitBias`). */
export function checkSampling(sampling: Omit<SamplingSettings, 'logitBias'>): void {
  checkDeclared(SAMPLING, sampling);
  const { seed } = sampling;
  const whole = typeof seed === 'bigint' || Number.isSafeInteger(seed);
  require(SAMPLING.seed.name, seed, whole && seed >= 0 && seed < 2n ** 64n, 'a whole number, 0 to 2^64 - 1');
}

/** Throws `invalid-setting` for a token outside the vocabulary and for a bias outside -100 to 100. */
export function checkLogitBias(logitBias: SamplingSettings['logitBias'], vocabularySize: number): void {
  for (const [id, bias] of Object.entries(logitBias)) {
    const inside = /^\d+$/.test(id) && Number(id) < vocabularySize;
    const last = vocabularySize === Infinity ? 'the vocabulary’s last' : vocabularySize - 1;
    require('A logit bias’s token', id, inside, `a token’s number, 0 to ${last}`);
    require(`The logit bias of token ${id}`, bias, bias >= -100 && bias <= 100, 'a number, -100 to 100');
  }
}

/** Throws `invalid-setting`, naming the setting and its range, unless `value` is one of `setting`'s. */
export function checkValue(setting: PlainSetting, value: unknown): void {
  require(setting.name, value, fits(setting, value), rangeOf(setting));
}

/** A setting of a run. `value` is its value in words of JSON: equal for equal values, whether a seed is a number or a bigint. */
export interface SpelledSetting {
  readonly field: SettingField;
  readonly setting: Setting;
  readonly value: string;
}

export type SettingField = keyof typeof RUN | keyof typeof SAMPLING;

/** Every setting of `run`, its sampling's too, in the order of their declarations. */
export function spelledSettings({ sampling, ...run }: RunSettings): SpelledSetting[] {
  const values: Readonly<Record<SettingField, unknown>> = { ...run, ...sampling };
  const all: Readonly<Record<SettingField, Setting>> = { ...RUN, ...SAMPLING };
  return (Object.keys(all) as SettingField[]).map((field) => ({ field, setting: all[field], value: spelled(values[field]) }));
}

function spelled(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function checkDeclared<Settings extends Readonly<Record<string, Setting>>>(
  settings: Settings,
  values: Readonly<Partial<Record<keyof Settings, unknown>>>,
): void {
  for (const name of Object.keys(settings)) {
    const setting = settings[name] as Setting;
    if (setting.kind !== 'other') checkValue(setting, values[name]);
  }
}

function checkGamma(gamma: RunSettings['gamma']): void {
  const { name } = RUN.gamma;
  const { min, max } = LIMITS.gamma;
  const length = (least: number) => number({ name, default: least, decides: 'drafts', whole: true, min: least, max });
  if (gamma === 'auto') return;
  if (typeof gamma === 'number') {
    checkValue(length(min), gamma);
    return;
  }
  require('The list of draft lengths', 'empty', gamma.length > 0, 'one length for each round');
  for (const { model, ngram, person = 0, plain = 0 } of gamma)
    for (const each of [model, ngram, person, plain]) checkValue(length(0), each);
}

function require(field: string, value: unknown, good: boolean, range: string): void {
  if (!good) throw new FailureError('invalid-setting', `${field} is ${value}.`, `Choose ${range}.`);
}

import { FailureError } from './failure';
import { LIMITS, type RunSettings, type SamplingSettings } from './types';

/** Throws `invalid-setting`, naming the field and its range, unless every field of `settings` is within `LIMITS`. */
export function checkSettings(settings: RunSettings): void {
  // Plain decoding drafts nothing.
  if (settings.mode === 'speculative') checkGamma(settings.gamma);
  require('Confidence', settings.confidence, settings.confidence >= 0 && settings.confidence < 1, 'a number, 0 (off) or more and below 1');
  requireInteger('Most tokens', settings.maxTokens, LIMITS.maxTokens.min, Number.MAX_SAFE_INTEGER);
  for (const string of settings.stopStrings) require('A stop string', `"${string}"`, string !== '', 'at least one character');
  checkSampling(settings.sampling);
  checkLogitBias(settings.sampling.logitBias, Infinity);
}

/** The target's own most likely token at every position. */
export const GREEDY: SamplingSettings = {
  temperature: 0,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  logitBias: {},
  seed: 0,
  rule: 'rejection',
};

/** What a run does that nothing else was asked of. */
export const DEFAULT_RUN: RunSettings = {
  mode: 'speculative',
  drafting: 'model',
  gamma: 'auto',
  candidates: false,
  confidence: 0,
  maxTokens: 256,
  ignoreStopTokens: false,
  stopStrings: [],
  format: null,
  sampling: GREEDY,
};

/** Whether the largest logit, as the model gave it, decides alone. */
export function isGreedy({ temperature, repetitionPenalty, frequencyPenalty, presencePenalty, logitBias }: SamplingSettings): boolean {
  const unshaped = repetitionPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0 && Object.keys(logitBias).length === 0;
  return temperature === 0 && unshaped;
}

/** Throws `invalid-setting`, naming the field and its range; the ranges of web-llm 0.2.86, and top-k's. */
export function checkSampling(settings: Omit<SamplingSettings, 'logitBias'>): void {
  const { temperature, topP, topK, repetitionPenalty, frequencyPenalty, presencePenalty, seed, rule } = settings;
  require('Temperature', temperature, temperature >= 0 && temperature < Infinity, 'a number, 0 or more');
  require('Top-p', topP, topP > 0 && topP <= 1, 'a number above 0, at most 1');
  require('Top-k', topK, Number.isInteger(topK) && topK >= 0 && topK < 2 ** 32, 'a whole number, 0 (off) or more');
  require('Repetition penalty', repetitionPenalty, repetitionPenalty > 0 && repetitionPenalty < Infinity, 'a number above 0');
  require('Frequency penalty', frequencyPenalty, frequencyPenalty >= -2 && frequencyPenalty <= 2, 'a number, -2 to 2');
  require('Presence penalty', presencePenalty, presencePenalty >= -2 && presencePenalty <= 2, 'a number, -2 to 2');
  const whole = typeof seed === 'bigint' || Number.isSafeInteger(seed);
  require('Seed', seed, whole && seed >= 0 && seed < 2n ** 64n, 'a whole number, 0 to 2^64 - 1');
  require('Verify rule', rule, rule === 'rejection' || rule === 'coupled', '"rejection" or "coupled"');
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

function require(field: string, value: unknown, good: boolean, range: string): void {
  if (!good) throw new FailureError('invalid-setting', `${field} is ${value}.`, `Choose ${range}.`);
}

function requireInteger(field: string, value: number, min: number, max: number): void {
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  require(field, value, Number.isInteger(value) && value >= min && value <= max, `a whole number, ${range}`);
}

function checkGamma(gamma: RunSettings['gamma']): void {
  if (gamma === 'auto') return;
  const { min, max } = LIMITS.gamma;
  const lengths = typeof gamma === 'number' ? [] : gamma.flatMap(({ model, ngram, person = 0 }) => [model, ngram, person]);
  if (typeof gamma === 'number') requireInteger('Draft length γ', gamma, min, max);
  else require('The list of draft lengths', 'empty', gamma.length > 0, 'one length for each round');
  for (const length of lengths) requireInteger('Draft length γ', length, 0, max);
}

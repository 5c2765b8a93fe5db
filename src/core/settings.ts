import { FailureError } from './failure';
import { LIMITS, type RunSettings } from './types';

/** Throws `invalid-setting`, naming the field and its range, unless every field of `settings` is within `LIMITS`. */
export function checkSettings(settings: RunSettings): void {
  // Plain decoding drafts nothing.
  if (settings.mode === 'speculative') requireInteger('Draft length γ', settings.gamma, LIMITS.gamma.min, LIMITS.gamma.max);
  requireInteger('Most tokens', settings.maxTokens, LIMITS.maxTokens.min, Number.MAX_SAFE_INTEGER);
}

function requireInteger(field: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  throw new FailureError('invalid-setting', `${field} is ${value}.`, `Choose a whole number, ${range}.`);
}

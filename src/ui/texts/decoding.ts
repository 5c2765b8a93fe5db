import type { RunSettings } from '../../core/types';

/** How a draft length is told: a number, the page's choice in every round, or as an earlier run's rounds had it. */
export function gammaWords(gamma: RunSettings['gamma'] | 'recorded'): string {
  if (gamma === 'auto') return 'γ adaptive';
  return typeof gamma === 'number' ? `γ ${gamma}` : 'γ as recorded';
}

/** Said of a run of this device in which drafts cost more than they gained. */
export const draftsAllTheSame =
  'The run drafts all the same, to show how: its draft length is fixed. With Adaptive, under More settings, a run drafts only where that is faster.';

/** What drafts. @param model as the draft model is named there */
export function drafterWords(drafting: RunSettings['drafting'], model: string): string {
  return { model, ngram: 'n-gram', mixed: `n-gram, then ${model}`, person: 'a person' }[drafting];
}

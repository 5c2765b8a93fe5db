import type { PairSpec } from '../catalog/spec';
import type { RunSettings } from '../core/types';

/** Why a run is decoded plainly although its request asked for drafts; `usage.extra.plain_because` tells it. */
export type PlainReason = 'target_cache_does_not_roll_back' | 'draft_cache_does_not_roll_back' | 'no_draft_model';

/** What of `pair` can be of use: no draft where one of the two does not roll back. */
export function usablePair(pair: PairSpec): PairSpec {
  const { target, draft } = pair;
  const rollBack = target.rollsBack && (draft === null || draft === 'itself' || draft.rollsBack);
  return rollBack ? pair : { target, draft: null };
}

/** Why `pair` cannot draft as `settings` ask; null where it can, and where they ask for no drafts. */
export function plainReason({ target, draft }: PairSpec, { mode, drafting }: RunSettings): PlainReason | null {
  if (mode === 'plain') return null;
  if (!target.rollsBack) return 'target_cache_does_not_roll_back';
  if (drafting === 'ngram' || drafting === 'person') return null;
  if (draft === null) return 'no_draft_model';
  return draft === 'itself' || draft.rollsBack ? null : 'draft_cache_does_not_roll_back';
}

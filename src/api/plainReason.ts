import type { PairSpec } from '../catalog/spec';
import type { RunSettings } from '../core/types';

/** Why a run is decoded plainly although its request asked for drafts; `usage.extra.plain_because` tells it. */
export type PlainReason = 'target_cache_does_not_roll_back' | 'draft_cache_does_not_roll_back' | 'no_draft_model';

/** Why `pair` cannot draft as `settings` ask; null where it can, and where they ask for no drafts. */
export function plainReason({ target, draft }: PairSpec, { mode, drafting }: RunSettings): PlainReason | null {
  if (mode === 'plain') return null;
  if (!target.rollsBack) return 'target_cache_does_not_roll_back';
  if (drafting === 'ngram' || drafting === 'person') return null;
  if (draft === null) return 'no_draft_model';
  return draft === 'itself' || draft.rollsBack ? null : 'draft_cache_does_not_roll_back';
}

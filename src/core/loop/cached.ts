import type { CachedModel, TokenId } from '../types';

const histories = new WeakMap<CachedModel, readonly TokenId[]>();

/** A history that begins with the tokens in `model`'s cache, as the last run or measurement left it; empty where nobody can tell. */
export function cachedHistory(model: CachedModel): readonly TokenId[] {
  return histories.get(model) ?? [];
}

/** Notes for whoever uses `model` next that its cache holds the first tokens of `history`; null: nobody can tell what it holds. */
export function noteCached(model: CachedModel, history: readonly TokenId[] | null): void {
  if (history) histories.set(model, history);
  else histories.delete(model);
}

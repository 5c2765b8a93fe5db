import type { CachedModel, TokenId } from '../types';

const histories = new WeakMap<CachedModel, readonly TokenId[]>();

/** A history that begins with the tokens in `model`'s cache, as the last run left it; empty where that is unknown. */
export function cachedHistory(model: CachedModel): readonly TokenId[] {
  return histories.get(model) ?? [];
}

/** Notes for the next user of `model` that its cache holds the first tokens of `history`; null: its content is unknown. */
export function noteCached(model: CachedModel, history: readonly TokenId[] | null): void {
  if (history) histories.set(model, history);
  else histories.delete(model);
}

/** What the caches of a draft and its target hold, and a conversation may go on from. */
export interface Kept {
  /** The longer of the two. */
  readonly base: readonly TokenId[];
  /** How many tokens of it each model keeps. */
  readonly lengths: readonly (readonly [CachedModel, number])[];
}

/**
 * The draft's cache may lack the end of what the target's holds; what it holds of another text is not kept.
 *
 * @param most tokens that may stay; where a cache holds more, none of it does
 */
export function keptTokens(draft: CachedModel | null, target: CachedModel, most: number): Kept {
  const held = (model: CachedModel) => {
    const history = cachedHistory(model);
    return model.cachedLength <= Math.min(most, history.length) ? history.slice(0, model.cachedLength) : [];
  };
  const verified = held(target);
  if (!draft) return { base: verified, lengths: [[target, verified.length]] };
  const drafted = held(draft);
  const base = verified.every((id, i) => id === drafted[i]) ? drafted : verified;
  const differs = drafted.findIndex((id, i) => id !== base[i]);
  return {
    base,
    lengths: [
      [draft, differs === -1 ? drafted.length : differs],
      [target, verified.length],
    ],
  };
}

/** Takes out again what has come into the caches behind what they keep. */
export function restore({ lengths }: Kept): void {
  for (const [model, length] of lengths) model.truncate(length);
}

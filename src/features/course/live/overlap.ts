import type { RunToken } from '../../../core/types';

/** One token of a position: what its probability under the target is made of. */
export interface Part {
  readonly text: string;
  readonly p: number;
  readonly q: number;
  /** min(p, q): comes through acceptance. */
  readonly accepted: number;
  /** max(0, p - q): comes through the residual, before scaling. */
  readonly left: number;
}

/** Both models at one position of a run. */
export interface Overlap {
  /** The most likely tokens of either, the target's most likely first. */
  readonly parts: readonly Part[];
  /** Mass of the residual before scaling, over all tokens: 1 - Σ min(p, q). */
  readonly left: number;
}

const MOST_PARTS = 7;

/**
 * What the candidates of `token`, a corrected one, say of its position; null if they were not measured. The residual's candidates are scaled to
 * sum to one over all tokens, so any of them whose p and q are known gives the mass that was scaled.
 */
export function overlapAt({ candidates }: RunToken): Overlap | null {
  if (!candidates || candidates.residual.length === 0) return null;
  const chance = (list: readonly { readonly id: number; readonly probability: number }[], id: number) =>
    list.find((each) => each.id === id)?.probability ?? null;
  const known = candidates.p.flatMap(({ id, text, probability: p }): (Part & { readonly id: number })[] => {
    const q = chance(candidates.q, id);
    const scaled = chance(candidates.residual, id);
    // Of a token that is not among the draft's most likely, q follows from the residual once the mass is known.
    return q === null && scaled === null ? [] : [{ id, text, p, q: q ?? Number.NaN, accepted: 0, left: scaled ?? 0 }];
  });
  const anchor = known.find(({ q, left, p }) => !Number.isNaN(q) && left > 0 && p > q);
  if (!anchor) return null;
  const mass = (anchor.p - anchor.q) / anchor.left;
  const parts = known.map(({ text, p, q, left }): Part => {
    const draft = Number.isNaN(q) ? Math.max(0, p - left * mass) : q;
    return { text, p, q: draft, accepted: Math.min(p, draft), left: Math.max(0, p - draft) };
  });
  return { parts: parts.slice(0, MOST_PARTS), left: Math.min(1, mass) };
}

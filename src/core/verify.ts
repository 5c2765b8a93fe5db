import type { JudgedToken, TokenId } from './types';

/** One drafted token with both models' probability of it. */
export interface DraftRow {
  readonly id: TokenId;
  readonly p: number | null;
  readonly q: number | null;
}

/** The target's most probable token at one position, with its probability. */
export interface TargetRow {
  readonly id: TokenId;
  readonly p: number | null;
}

/**
 * Greedy verification: a draft stays while it is the target's own argmax; the first that is not is rejected, and the
 * target's argmax there is the corrected token (the zero-temperature case of Leviathan et al. 2023, algorithm 1).
 *
 * @param drafts the γ drafted tokens
 * @param target γ + 1 rows: row i is the target's choice after the history and the first i drafts
 * @returns every draft with its verdict, and the target's own token: corrected, bonus, or plain when nothing was drafted
 */
export function judgeGreedy(drafts: readonly DraftRow[], target: readonly TargetRow[]): { drafts: JudgedToken[]; next: JudgedToken } {
  if (target.length !== drafts.length + 1) {
    throw new RangeError(`${drafts.length} drafts need ${drafts.length + 1} target rows, not ${target.length}`);
  }
  let accepted = 0;
  while (accepted < drafts.length && drafts[accepted]?.id === target[accepted]?.id) accepted++;
  const judged = drafts.map((draft, i): JudgedToken => {
    const verdict = i < accepted ? 'accepted' : i === accepted ? 'rejected' : 'discarded';
    return { ...draft, verdict, u: null };
  });
  const choice = target[accepted] as TargetRow;
  const verdict = drafts.length === 0 ? 'plain' : accepted === drafts.length ? 'bonus' : 'corrected';
  return { drafts: judged, next: { id: choice.id, verdict, p: choice.p, q: null, u: null } };
}

import type { Candidates, JudgedToken, TokenId } from '../types';

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
  return judge(
    target.map(({ id, p }, i) => {
      const draft = drafts[i];
      return { token: id, tokenP: p, draft: draft ? { ...draft, accepted: draft.id === id } : null, u: null, top: null };
    }),
  );
}

/** What was decided of one position, as if every draft before it were accepted. */
export interface JudgedRow {
  /** The target's own token here, should the draft be rejected or nothing be drafted. */
  readonly token: TokenId;
  readonly tokenP: number | null;
  readonly draft: (DraftRow & { readonly accepted: boolean }) | null;
  /** The uniform draw that decided on the draft. */
  readonly u: number | null;
  readonly top: Candidates | null;
}

/**
 * Turns rows into verdicts: drafts stay up to the first that is not accepted, and the target's own token of that row ends the round.
 *
 * @param rows γ + 1, of which only the last has no draft
 */
export function judge(rows: readonly JudgedRow[]): { drafts: JudgedToken[]; next: JudgedToken } {
  const drafted = rows.length - 1;
  const firstRefused = rows.findIndex(({ draft }) => !draft?.accepted);
  const drafts = rows.slice(0, -1).map(({ draft, u, top }, i): JudgedToken => {
    if (!draft) throw new RangeError(`row ${i} of ${rows.length} has no draft`);
    const verdict = i < firstRefused ? 'accepted' : i === firstRefused ? 'rejected' : 'discarded';
    return { id: draft.id, p: draft.p, q: draft.q, verdict, u, candidates: top };
  });
  const { token, tokenP, top } = rows[firstRefused] as JudgedRow;
  const verdict = drafted === 0 ? 'plain' : firstRefused === drafted ? 'bonus' : 'corrected';
  return { drafts, next: { id: token, verdict, p: tokenP, q: null, u: null, candidates: top } };
}

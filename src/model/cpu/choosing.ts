import { FailureError } from '../../core/failure';
import type { JudgedRow } from '../../core/loop/verify';
import { isGreedy, penalises } from '../../core/settings';
import type { Candidate, Candidates, RunSettings, TokenId } from '../../core/types';
import { greedyReference } from '../../gpu/kernels/greedy/reference';
import { rankingReference } from '../../gpu/kernels/ranking/reference';
import { distributionReference, draftReference, judgeReference, type RowConstraints } from '../../gpu/kernels/sampling/reference';

/** A draft with what it was chosen by: the probability of a greedy choice, or the distribution that a sampled one was drawn from. */
export interface CpuDraft {
  readonly id: TokenId;
  readonly probability: number;
  readonly q: Float64Array | null;
  /** What else might have stood there; null if it was not asked for, or `q` says it. */
  readonly top: readonly Candidate[] | null;
}

/**
 * How the tokens of a run are chosen from logits; draft and target alike. The plain references of the sampling kernels, which are tested against
 * them: both write the same for the same logits and seed.
 */
export class Choosing {
  readonly #settings: RunSettings;
  readonly #promptLength: number;
  readonly #greedy: boolean;
  /** Whether tokens that came before weigh otherwise. */
  readonly #penalises: boolean;
  readonly #bias: Float32Array | undefined;

  constructor(settings: RunSettings, promptLength: number, vocabularySize: number) {
    this.#settings = settings;
    this.#promptLength = promptLength;
    // As on a device, what a format holds is chosen from a distribution.
    this.#greedy = isGreedy(settings.sampling) && !settings.format;
    this.#penalises = penalises(settings.sampling);
    const biased = Object.entries(settings.sampling.logitBias);
    this.#bias = biased.length > 0 ? new Float32Array(vocabularySize) : undefined;
    for (const [id, bias] of biased) if (this.#bias) this.#bias[Number(id)] = bias;
  }

  /** The draft after `history` and `drafts`. @param mask which tokens may stand there (`TokenGrammar`); null: all */
  draft(logits: Float32Array, history: readonly TokenId[], drafts: readonly TokenId[], mask: Uint32Array | null): CpuDraft {
    if (this.#greedy) {
      const { id, probability } = this.#likeliest(logits, 'draft');
      return { id, probability, q: null, top: this.#rank(logits) };
    }
    const q = this.#distribution(logits, history, { drafts, mask }, 'draft');
    const id = draftReference(q, this.#settings.sampling, history.length + drafts.length);
    return { id, probability: q[id] as number, q, top: null };
  }

  /** The largest probability of the next draft, whatever will be drawn. */
  confidence({ probability, q }: CpuDraft): number {
    return q ? largest(q) : probability;
  }

  /**
   * Judges drafts, should all before each be accepted.
   *
   * @param logits of γ + 1 rows
   * @param drafts γ of them; `q` is null if a draft was certain, as one that was looked up
   * @param masks of each row, which tokens may stand there (`TokenGrammar`); null: all
   */
  judge(
    logits: readonly Float32Array[],
    history: readonly TokenId[],
    drafts: readonly CpuDraft[],
    masks: readonly Uint32Array[] | null,
  ): JudgedRow[] {
    const ids = drafts.map(({ id }) => id);
    return logits.map((row, i) => {
      const draft = drafts[i];
      if (this.#greedy) {
        const { id, probability, drafted } = this.#likeliest(row, 'target', draft?.id);
        const judged = draft ? { id: draft.id, p: drafted, q: draft.probability, accepted: draft.id === id } : null;
        const p = this.#rank(row);
        const top: Candidates | null = p && {
          p,
          q: draft?.top ?? (draft ? [{ id: draft.id, probability: draft.probability }] : []),
          residual: [],
        };
        return { token: id, tokenP: probability, draft: judged, u: null, top };
      }
      const p = this.#distribution(row, history, { drafts: ids.slice(0, i), mask: masks?.[i] ?? null }, 'target');
      return judgeReference(p, draft ?? null, this.#settings.sampling, history.length + i);
    });
  }

  /** The most likely tokens, if the run asks for them. */
  #rank(logits: Float32Array): Candidate[] | null {
    return this.#settings.candidates ? rankingReference(logits) : null;
  }

  #likeliest(logits: Float32Array, model: 'target' | 'draft', drafted?: TokenId): Candidate & { readonly drafted: number } {
    const [row] = greedyReference(logits, logits.length, drafted === undefined ? [] : [drafted]);
    if (!row || row.invalid) throw invalidLogits(model);
    return { id: row.choice, probability: row.p, drafted: row.draftP };
  }

  #distribution(
    logits: Float32Array,
    history: readonly TokenId[],
    { drafts, mask }: { readonly drafts: readonly TokenId[]; readonly mask: Uint32Array | null },
    model: 'target' | 'draft',
  ): Float64Array {
    const { sampling } = this.#settings;
    const constraints: RowConstraints = {
      ...(this.#penalises && { drafts, counts: this.#counts(history, logits.length) }),
      ...(this.#bias && { bias: this.#bias }),
      ...(mask && { allowed: (id) => (((mask[id >>> 5] as number) >>> (id & 31)) & 1) === 1 }),
    };
    const distribution = distributionReference(logits, sampling, constraints);
    if (largest(distribution) === 0) throw invalidLogits(model);
    return distribution;
  }

  /** How often each token has been generated. */
  #counts(history: readonly TokenId[], vocabularySize: number): Uint32Array {
    const counts = new Uint32Array(vocabularySize);
    for (const id of history.slice(this.#promptLength)) counts[id] = (counts[id] ?? 0) + 1;
    return counts;
  }
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i] as number);
  return most;
}

function invalidLogits(model: 'target' | 'draft'): FailureError {
  return new FailureError(
    'invalid-logits',
    `The ${model} gave a logit that is not a number.`,
    'Its weights are damaged; clear this site’s stored data and load the pair again.',
  );
}

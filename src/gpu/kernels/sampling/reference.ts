import type { Candidate } from '../../../core/types';
import { exponential, PURPOSES, type Purposes, seedWords, uniform } from './philox';
import type { SamplingRow, ShapeSettings } from './sampling';

/** What shapes one row besides the settings. */
export interface RowConstraints {
  readonly allowed?: (id: number) => boolean;
  readonly bias?: ArrayLike<number>;
  readonly counts?: ArrayLike<number>;
  /** The drafts before this row. */
  readonly drafts?: readonly number[];
}

/**
 * One row of logits to the distribution that is sampled from, in double precision except the logits themselves; all
 * zeros where a logit is not a number or plus infinity, or nothing may be chosen.
 */
export function distributionReference(logits: ArrayLike<number>, settings: ShapeSettings, constraints: RowConstraints = {}): number[] {
  const { allowed = () => true, bias, counts, drafts = [] } = constraints;
  const { temperature, repetitionPenalty, frequencyPenalty, presencePenalty } = settings;
  const x = Array.from(logits, (logit, id) => {
    if (logit === -Infinity || !allowed(id)) return -Infinity;
    let shaped = logit + (bias?.[id] ?? 0);
    const count = (counts?.[id] ?? 0) + drafts.filter((draft) => draft === id).length;
    if (count > 0) {
      shaped -= presencePenalty + count * frequencyPenalty;
      shaped = shaped > 0 ? shaped / repetitionPenalty : shaped * repetitionPenalty;
    }
    return temperature > 0 ? shaped / temperature : shaped;
  });
  const top = x.reduce((a, b) => Math.max(a, b), -Infinity);
  const invalid = Array.from(logits).some((logit) => Number.isNaN(logit) || logit === Infinity);
  if (invalid || top === -Infinity) return x.map(() => 0);
  const first = x.indexOf(top);
  const powers = x.map((value, id) => (temperature > 0 ? Math.exp(value - top) : id === first ? 1 : 0));
  return truncateReference(powers, settings);
}

/**
 * Top-k, then top-p of what it leaves, both by a threshold: every weight of at least the threshold's stays, ties
 * included. Weights need not add up to 1; the result does. Top-p counts in units of 2^-31, as the kernel does.
 */
export function truncateReference(weights: readonly number[], { topK, topP }: Pick<ShapeSettings, 'topK' | 'topP'>): number[] {
  const falling = Float64Array.from(weights).sort().reverse();
  let least = topK > 0 && topK < weights.length ? (falling[topK - 1] as number) : 0;
  const kept = () => weights.reduce((sum, weight) => sum + (weight >= least ? weight : 0), 0);
  if (topP < 1) {
    const scale = 2 ** 31 / kept();
    const need = Math.max(1, Math.floor(Math.fround(topP) * 2 ** 31));
    let units = 0;
    const border = falling.find((weight) => {
      units += Math.floor(weight * scale + 0.5);
      return units >= need;
    });
    least = Math.max(least, border ?? 0);
  }
  const total = kept();
  return weights.map((weight) => (weight >= least ? weight / total : 0));
}

/** The token in which `u` of the whole falls, in the order of the ids; one without weight never is. */
export function drawReference(weights: ArrayLike<number>, u: number): number {
  const aim = u * Array.from(weights).reduce((a, b) => a + b, 0);
  let reached = 0;
  let chosen = 0;
  for (let id = 0; id < weights.length && reached <= aim; id++) {
    const weight = weights[id] as number;
    if (weight > 0) chosen = id;
    reached += weight;
  }
  return chosen;
}

/** argmax(log p + g) with the Gumbel noise of `position`; the lowest id among equals. */
export function raceReference(p: ArrayLike<number>, seed: number | bigint, position: number): number {
  const words = seedWords(seed);
  let chosen = 0;
  let best = 0;
  for (let id = 0; id < p.length; id++) {
    const weight = p[id] as number;
    if (!(weight > 0)) continue;
    const score = weight / exponential(words, position, id);
    if (score > best) [best, chosen] = [score, id];
  }
  return chosen;
}

type Judging = Pick<ShapeSettings, 'seed' | 'rule' | 'temperature'>;

/** The draft at `position`, drawn from `q`. */
export function draftReference(q: ArrayLike<number>, settings: Judging, position: number, purposes: Purposes = PURPOSES): number {
  if (settings.rule === 'coupled') return raceReference(q, settings.seed, position);
  return drawReference(q, uniform(seedWords(settings.seed), position, purposes.draft));
}

/**
 * One row of a judgement (Leviathan et al. 2023, arXiv 2211.17192, algorithm 1), without its `invalid`.
 *
 * @param p what the target samples from at `position`
 * @param draft the draft and what it was drawn from, which is null when it was certain; null after the last draft
 */
export function judgeReference(
  p: ArrayLike<number>,
  draft: { readonly id: number; readonly q: ArrayLike<number> | null } | null,
  settings: Judging,
  position: number,
  purposes: Purposes = PURPOSES,
): Omit<SamplingRow, 'invalid'> {
  const words = seedWords(settings.seed);
  const coupled = settings.rule === 'coupled';
  const q = draft ? (draft.q ?? Array.from(p, (_, id) => (id === draft.id ? 1 : 0))) : null;
  const rest = q ? Array.from(p, (value, id) => Math.max(0, Math.fround(value - (q[id] as number)))) : [];
  const mass = rest.reduce((a, b) => a + b, 0);
  const token = coupled
    ? raceReference(p, settings.seed, position)
    : drawReference(mass > 0 ? rest : p, uniform(words, position, purposes.residual));
  const u = uniform(words, position, purposes.acceptance);
  const [pDraft, qDraft] = draft ? [p[draft.id] as number, q?.[draft.id] as number] : [0, 0];
  const accepted = coupled ? token === draft?.id : qDraft > 0 && Math.fround(u * qDraft) < pDraft;
  return {
    token,
    tokenP: p[token] as number,
    draft: draft && { id: draft.id, accepted, p: pDraft, q: qDraft },
    u: draft && !coupled && settings.temperature > 0 ? u : null,
    residual: mass,
    top: { p: topReference(p), q: topReference(q ?? []), residual: topReference(rest.map((weight) => (mass > 0 ? weight / mass : 0))) },
  };
}

function topReference(weights: ArrayLike<number>): Candidate[] {
  const fifth = Float64Array.from(weights).sort().at(-5) ?? 0;
  const candidates: Candidate[] = [];
  for (let id = 0; id < weights.length; id++) {
    const probability = weights[id] as number;
    if (probability > 0 && probability >= fifth) candidates.push({ id, probability });
  }
  return candidates.sort((a, b) => b.probability - a.probability || a.id - b.id).slice(0, 5);
}

import type { Candidate } from '../../../core/types';
import { Noise, PURPOSES, type Purposes, seedWords, uniform } from './philox';
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
 * zeros where a logit is not a number or plus infinity, or nothing may be chosen. Rows are long, and these functions choose
 * tokens on the CPU too, so they walk rows by index: an iterator takes several times as long.
 */
export function distributionReference(
  logits: ArrayLike<number>,
  settings: ShapeSettings,
  { allowed, bias, counts, drafts = [] }: RowConstraints = {},
): Float64Array {
  const { temperature, repetitionPenalty, frequencyPenalty, presencePenalty } = settings;
  const drafted = new Map<number, number>();
  for (const draft of drafts) drafted.set(draft, (drafted.get(draft) ?? 0) + 1);
  const weights = new Float64Array(logits.length);
  let first = -1;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] as number;
    if (Number.isNaN(logit) || logit === Infinity) return weights.fill(0);
    weights[id] = -Infinity;
    if (logit === -Infinity || (allowed && !allowed(id))) continue;
    let shaped = logit + (bias?.[id] ?? 0);
    const count = (counts?.[id] ?? 0) + (drafted.get(id) ?? 0);
    if (count > 0) {
      shaped -= presencePenalty + count * frequencyPenalty;
      shaped = shaped > 0 ? shaped / repetitionPenalty : shaped * repetitionPenalty;
    }
    weights[id] = temperature > 0 ? shaped / temperature : shaped;
    if (first === -1 || (weights[id] as number) > (weights[first] as number)) first = id;
  }
  const top = weights[first] ?? -Infinity;
  if (top === -Infinity) return weights.fill(0);
  for (let id = 0; id < weights.length; id++) {
    weights[id] = temperature > 0 ? Math.exp((weights[id] as number) - top) : id === first ? 1 : 0;
  }
  return truncateReference(weights, settings);
}

/**
 * Top-k, then top-p of what it leaves, both by a threshold: every weight of at least the threshold's stays, ties
 * included. Weights need not add up to 1; the result does. Top-p counts in units of 2^-31, as the kernel does.
 */
export function truncateReference(weights: ArrayLike<number>, { topK, topP }: Pick<ShapeSettings, 'topK' | 'topP'>): Float64Array {
  let least = topK > 0 && topK < weights.length ? (falling(weights, 0)[topK - 1] ?? 0) : 0;
  const kept = () => {
    let sum = 0;
    for (let id = 0; id < weights.length; id++) if ((weights[id] as number) >= least) sum += weights[id] as number;
    return sum;
  };
  if (topP < 1) {
    const scale = 2 ** 31 / kept();
    const need = Math.max(1, Math.floor(Math.fround(topP) * 2 ** 31));
    let units = 0;
    // What is less than half a unit counts for none; a quarter leaves room for rounding.
    const border = falling(weights, 0.25 / scale).find((weight) => {
      units += Math.floor(weight * scale + 0.5);
      return units >= need;
    });
    least = Math.max(least, border ?? 0);
  }
  const total = kept();
  const shares = new Float64Array(weights.length);
  for (let id = 0; id < weights.length; id++) if ((weights[id] as number) >= least) shares[id] = (weights[id] as number) / total;
  return shares;
}

/** Those of `weights` above zero that are at least `least`, largest first. */
function falling(weights: ArrayLike<number>, least: number): Float64Array {
  const sorted = new Float64Array(weights.length);
  let count = 0;
  for (let id = 0; id < weights.length; id++) {
    const weight = weights[id] as number;
    if (weight > 0 && weight >= least) sorted[count++] = weight;
  }
  return sorted.subarray(0, count).sort().reverse();
}

function sumOf(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let id = 0; id < weights.length; id++) sum += weights[id] as number;
  return sum;
}

/** The token in which `u` of the whole falls, in the order of the ids; one without weight never is. */
export function drawReference(weights: ArrayLike<number>, u: number): number {
  const aim = u * sumOf(weights);
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
  const noise = new Noise(words, position);
  let chosen = 0;
  let best = 0;
  for (let id = 0; id < p.length; id++) {
    const weight = p[id] as number;
    if (!(weight > 0)) continue;
    const score = weight / noise.of(id);
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
  const q = draft ? (draft.q ?? certain(draft.id, p.length)) : null;
  const rest = new Float64Array(q ? p.length : 0);
  for (let id = 0; id < rest.length; id++) rest[id] = Math.max(0, Math.fround((p[id] as number) - (q?.[id] as number)));
  const mass = sumOf(rest);
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
    top: { p: topReference(p), q: topReference(q ?? []), residual: mass > 0 ? topReference(rest, mass) : [] },
  };
}

/** The distribution of a draft that was certain. */
function certain(id: number, length: number): Float64Array {
  const q = new Float64Array(length);
  q[id] = 1;
  return q;
}

const TOP = 5;

/** The largest of `weights`, which add up to `total`: largest first, the lowest id among equals. */
function topReference(weights: ArrayLike<number>, total = 1): Candidate[] {
  const top: Candidate[] = [];
  for (let id = 0; id < weights.length; id++) {
    const probability = (weights[id] as number) / total;
    if (!(probability > (top.length < TOP ? 0 : (top[TOP - 1]?.probability ?? 0)))) continue;
    const before = top.findIndex((other) => other.probability < probability);
    top.splice(before === -1 ? top.length : before, 0, { id, probability });
    if (top.length > TOP) top.pop();
  }
  return top;
}

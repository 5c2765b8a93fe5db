import type { Candidate } from '../../../core/types';

const TOP = 5;
/** As a difference of logits. */
const LEAST = Math.log(1 / 256);

/** The most likely tokens of one row of logits, in plain TypeScript and double precision: most likely first, the lowest id among equals, none of less than a 256th of the first one's probability. */
export function rankingReference(logits: Float32Array): Candidate[] {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - top), 0);
  const ranked: Candidate[] = [];
  logits.forEach((logit, id) => {
    if (logit < top + LEAST) return;
    const before = ranked.findIndex((other) => (logits[other.id] as number) < logit);
    const at = before === -1 ? ranked.length : before;
    if (at >= TOP) return;
    ranked.splice(at, 0, { id, probability: Math.exp(logit - top) / total });
    if (ranked.length > TOP) ranked.pop();
  });
  return ranked;
}

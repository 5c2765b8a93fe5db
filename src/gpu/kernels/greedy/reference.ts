import type { GreedyRow } from './greedy';

/**
 * What the greedy kernel computes, in plain TypeScript and double precision.
 *
 * @param logits row-major [rows, vocabulary]
 * @param drafted the drafted id per row, for as many rows as have one
 */
export function greedyReference(logits: Float32Array, vocabulary: number, drafted: readonly number[] = []): GreedyRow[] {
  const rows: GreedyRow[] = [];
  for (let row = 0; row * vocabulary < logits.length; row++) {
    const x = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    let choice = 0;
    for (let j = 1; j < vocabulary; j++) if ((x[j] as number) > (x[choice] as number)) choice = j;
    const top = x[choice] as number;
    let total = 0;
    let invalid = false;
    // By index: it also chooses tokens on the CPU, where an iterator takes twice as long.
    for (let j = 0; j < x.length; j++) {
      const value = x[j] as number;
      total += Math.exp(value - top);
      if (Number.isNaN(value) || value === Infinity) invalid = true;
    }
    const id = drafted[row];
    const draftP = id === undefined ? 0 : Math.exp((x[id] as number) - top) / total;
    rows.push({ choice, p: 1 / total, draftP, invalid });
  }
  return rows;
}

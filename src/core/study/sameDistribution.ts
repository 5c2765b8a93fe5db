import { committedTokens } from '../run/tally';
import type { RunEvent } from '../types';
import { type ChiSquare, chiSquareOfTwo, detectableDistance, totalVariation } from './stats';

/** What one short run began with: the ids of its first tokens, as one category of a histogram. */
export interface Beginning {
  /** The ids, joined by commas. */
  readonly key: string;
  readonly text: string;
  /** Drafts that were judged on the way, and those of them that were rejected: without any, the rule was not put to the test. */
  readonly judged: number;
  readonly rejected: number;
}

/** The first `tokens` tokens of a run; null if it has fewer, as one that was stopped. */
export function beginningOf(events: readonly RunEvent[], tokens: number): Beginning | null {
  const committed = committedTokens(events).slice(0, tokens);
  if (committed.length < tokens) return null;
  const verdicts = events.flatMap((event) => (event.type === 'round' ? event.tokens.map(({ verdict }) => verdict) : []));
  const rejected = verdicts.filter((verdict) => verdict === 'rejected').length;
  const accepted = verdicts.filter((verdict) => verdict === 'accepted').length;
  return {
    key: committed.map(({ id }) => id).join(),
    text: committed.map(({ text }) => text).join(''),
    judged: accepted + rejected,
    rejected,
  };
}

/** A category of the histogram with how often each sample has it. */
export interface HistogramRow {
  readonly key: string;
  readonly text: string;
  readonly first: number;
  readonly second: number;
}

/** Two samples side by side, the most frequent first. */
export interface Histogram {
  readonly rows: readonly HistogramRow[];
  /** What is in neither of `rows`. */
  readonly others: { readonly categories: number; readonly first: number; readonly second: number };
}

/**
 * @param most rows that are shown
 * @param settled samples of each side that decide on the rows' order, so that it does not change with every sample
 */
export function histogramOf(first: readonly Beginning[], second: readonly Beginning[], most: number, settled: number): Histogram {
  const counts = [countsOf(first), countsOf(second)] as const;
  const earlier = [countsOf(first.slice(0, settled)), countsOf(second.slice(0, settled))] as const;
  const rank = (key: string) => (earlier[0].get(key) ?? 0) + (earlier[1].get(key) ?? 0);
  const texts = new Map([...first, ...second].map(({ key, text }) => [key, text]));
  // Sorting is stable, so that those of one rank stay in the order in which they came.
  const rows = [...texts]
    .sort(([a], [b]) => rank(b) - rank(a))
    .map(([key, text]) => ({ key, text, first: counts[0].get(key) ?? 0, second: counts[1].get(key) ?? 0 }));
  const rest = rows.slice(most);
  const sum = (side: 'first' | 'second') => rest.reduce((total, row) => total + row[side], 0);
  return { rows: rows.slice(0, most), others: { categories: rest.length, first: sum('first'), second: sum('second') } };
}

/** Below it two samples count as distinguished: a right rule falls below it once in a hundred proofs. */
export const LEVEL = 0.01;
/** How often a difference of the size that is named would be found. */
export const POWER = 0.9;

/** What two samples say about their distributions. */
export interface Judgement {
  /** `alike`: no difference was found; `apart`: there is one; `unclear`: too few samples, or nothing that chance decides. */
  readonly verdict: 'alike' | 'apart' | 'unclear';
  readonly test: ChiSquare | null;
  /** Total variation distance of the two samples. */
  readonly distance: number | null;
  /** Total variation distance of the true distributions, over the test's cells, from which on it would have been found `POWER` of the time; null without a test. */
  readonly detectable: number | null;
}

export function judgeSamples(first: readonly Beginning[], second: readonly Beginning[]): Judgement {
  const [a, b] = [countsOf(first), countsOf(second)];
  const test = chiSquareOfTwo(a, b);
  if (!test) return { verdict: 'unclear', test, distance: null, detectable: null };
  const size = Math.min(first.length, second.length);
  return {
    verdict: test.pValue < LEVEL ? 'apart' : 'alike',
    test,
    distance: totalVariation(a, b),
    detectable: detectableDistance(size, test.degreesOfFreedom, LEVEL, POWER),
  };
}

function countsOf(sample: readonly Beginning[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of sample) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

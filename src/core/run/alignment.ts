import type { Candidate, RunEvent, RunToken, TokenId } from '../types';
import { comparableRuns, compareRuns } from './comparison';
import { committedTokens, startOf } from './tally';

/** One position of two outputs, the speculative one and the plain one; null if that one has ended. */
export interface AlignedPair {
  readonly speculative: RunToken | null;
  readonly plain: RunToken | null;
  readonly same: boolean;
}

/** Where two outputs part: what the target thought of both tokens there. */
export interface Parting {
  /** Position in the output, from 0. */
  readonly at: number;
  /** The target's probability of each side's token as either run knows it; null if none does. */
  readonly p: { readonly speculative: number | null; readonly plain: number | null };
  /**
   * By how much the plain side's token has the larger logit, after penalties and bias: the temperature times ln(p / p). 0: a tie; null if a
   * probability is missing or 0.
   */
  readonly logitGap: number | null;
}

/** Two outputs of one question, position by position. */
export interface Alignment {
  readonly pairs: readonly AlignedPair[];
  /** Tokens from the first that are alike. */
  readonly alike: number;
  /** null if no position holds two different tokens, or where one output ended of itself before the other. */
  readonly parting: Parting | null;
  /** As `Comparison.output`; null while a run is under way, where one was stopped before its first token, or where the two were asked different things. */
  readonly verdict: 'identical' | 'partly' | 'different' | 'sampled' | null;
}

/** Aligns two runs by position: after the first difference the histories differ, so what follows is no longer comparable. */
export function align(speculative: readonly RunEvent[], plain: readonly RunEvent[]): Alignment {
  const [a, b] = [committedTokens(speculative), committedTokens(plain)];
  const pairs = Array.from({ length: Math.max(a.length, b.length) }, (_, i): AlignedPair => {
    const [ours, theirs] = [a[i] ?? null, b[i] ?? null];
    return { speculative: ours, plain: theirs, same: ours !== null && ours.id === theirs?.id };
  });
  const first = pairs.findIndex(({ same }) => !same);
  const alike = first === -1 ? pairs.length : first;
  const ended = [speculative, plain].every((events) => events.at(-1)?.type === 'end');
  const output = ended && comparableRuns(speculative, plain) ? (compareRuns(speculative, plain)?.output ?? null) : null;
  // Of nothing nothing is said.
  const verdict = output === 'partly' && alike === 0 ? null : output;
  return { pairs, alike, parting: partingAt(pairs[alike], alike, speculative, plain), verdict };
}

function partingAt(
  pair: AlignedPair | undefined,
  at: number,
  speculative: readonly RunEvent[],
  plain: readonly RunEvent[],
): Parting | null {
  if (!pair?.speculative || !pair.plain) return null;
  const known = (id: TokenId) => probabilityAt(plain, at, id) ?? probabilityAt(speculative, at, id);
  const p = { speculative: known(pair.speculative.id), plain: known(pair.plain.id) };
  const temperature = startOf(plain)?.settings.sampling.temperature ?? 0;
  // At temperature 0 probabilities are the softmax of the logits as they are.
  const scale = temperature > 0 ? temperature : 1;
  return { at, p, logitGap: p.speculative && p.plain ? scale * Math.log(p.plain / p.speculative) : null };
}

/** The target's probability of `id` at output position `at` of a run, from any token that was judged there or the candidates of one; null if it is not known. */
function probabilityAt(events: readonly RunEvent[], at: number, id: TokenId): number | null {
  for (const token of tokensAt(events, at)) {
    const p = token.id === id ? token.p : probabilityOf(token.candidates?.p ?? [], id);
    if (p !== null) return p;
  }
  return null;
}

function probabilityOf(candidates: readonly Candidate[], id: TokenId): number | null {
  return candidates.find((candidate) => candidate.id === id)?.probability ?? null;
}

/** What was judged at one output position after the output before it: the committed token, and the draft that it took the place of. */
function tokensAt(events: readonly RunEvent[], at: number): RunToken[] {
  let position = 0;
  for (const event of events) {
    if (event.type !== 'round') continue;
    const here: RunToken[] = [];
    for (const token of event.tokens) {
      // What was discarded stands on a draft that fell.
      if (token.verdict === 'discarded') continue;
      if (position === at) here.push(token);
      if (token.verdict !== 'rejected') position++;
    }
    if (here.length > 0) return here;
  }
  return [];
}

import type { Drafter, DraftLimits, DraftModel, Proposal, RoundOutcome, TokenId } from '../types';
import { proposalOf } from './proposal';

/** The longest end of the history that is looked up; a longer one would find no other place. */
const LONGEST = 8;

/**
 * Drafts what followed the last time that the history's end occurred in it, prompt and output alike (prompt lookup decoding, Saxena 2023;
 * LLMA, Yang et al. 2023, arXiv 2304.04487). The longest end is looked up first, and its latest occurrence counts. No model, no GPU work.
 */
export class NgramDrafter implements Drafter {
  readonly #shortest: number;

  /** @param shortest fewest tokens of the history's end that must be found, at least 1 */
  constructor(shortest = 2) {
    this.#shortest = shortest;
  }

  async propose(history: readonly TokenId[], most: DraftLimits): Promise<Proposal | null> {
    const next = most.ngram > 0 ? continuation(history, this.#shortest) : null;
    if (next === null) return null;
    return proposalOf('ngram', history.slice(next, next + most.ngram));
  }
}

/** Drafts by n-gram where it finds something, otherwise by the model, whose cache catches up then. */
export class NgramFirst implements DraftModel {
  /** A short end is found by chance too often to be worth more than a model's guess. */
  readonly #ngram = new NgramDrafter(4);
  readonly #drafter: DraftModel;

  constructor(drafter: DraftModel) {
    this.#drafter = drafter;
  }

  get model() {
    return this.#drafter.model;
  }

  async propose(history: readonly TokenId[], most: DraftLimits): Promise<Proposal | null> {
    const found = await this.#ngram.propose(history, most);
    if (found) return found;
    return most.model > 0 ? this.#drafter.propose(history, most) : null;
  }

  observe(outcome: RoundOutcome, history: readonly TokenId[]): void {
    this.#drafter.observe?.(outcome, history);
  }
}

/** Where the tokens begin that followed the latest earlier occurrence of the history's longest end; null without one of `shortest` tokens. */
function continuation(history: readonly TokenId[], shortest: number): number | null {
  let best = null;
  let longest = shortest - 1;
  for (let end = history.length - 1; end >= shortest && longest < LONGEST; end--) {
    let alike = 0;
    while (alike < Math.min(end, LONGEST) && history[end - 1 - alike] === history[history.length - 1 - alike]) alike++;
    if (alike > longest) [best, longest] = [end, alike];
  }
  return best;
}

/**
 * A made-up language and the two models of it that tests and recordings of the loop run on: exact, immediate, and strict
 * about every promise that the loop makes to a model.
 */

import { proposalOf } from '../core/loop/proposal';
import { judgeGreedy } from '../core/loop/verify';
import type { CachedModel, DraftLimits, DraftModel, JudgedToken, Proposal, RoundOutcome, StopSignal, Target, TokenId } from '../core/types';

/** What is most probable next, as a function of the last `order` tokens alone. */
export interface FakeLanguage {
  readonly vocabularySize: number;
  readonly order: number;
  readonly seed: number;
}

/** The token that greedy decoding chooses after `history`. */
export function nextToken(language: FakeLanguage, history: readonly TokenId[]): TokenId {
  return hash(history.slice(-language.order), language.seed) % language.vocabularySize;
}

/** A cache of token ids that throws where a real one would go wrong in silence. */
class CheckedCache {
  readonly vocabularySize: number;
  readonly contextLength: number;
  #tokens: TokenId[] = [];

  constructor(vocabularySize: number, contextLength: number) {
    this.vocabularySize = vocabularySize;
    this.contextLength = contextLength;
  }

  get length(): number {
    return this.#tokens.length;
  }

  /** One forward over the part of `tokens` that is not cached yet: at least one token. */
  extend(tokens: readonly TokenId[]): void {
    demand(tokens.length > this.length, `a forward over no tokens: ${this.length} of ${tokens.length} are cached`);
    demand(tokens.length <= this.contextLength, `position ${tokens.length - 1} is past the context of ${this.contextLength}`);
    const stale = this.#tokens.findIndex((id, i) => id !== tokens[i]);
    demand(stale === -1, `the cache holds ${this.#tokens[stale]} at position ${stale}, the history ${tokens[stale]}`);
    const outside = tokens.find((id) => !Number.isInteger(id) || id < 0 || id >= this.vocabularySize);
    demand(outside === undefined, `token ${outside} is outside the vocabulary of ${this.vocabularySize}`);
    this.#tokens = [...tokens];
  }

  truncate(length: number): void {
    demand(Number.isInteger(length) && length >= 0, `a cache cannot have a length of ${length}`);
    this.#tokens.length = Math.min(this.#tokens.length, length);
  }
}

abstract class FakeModel implements CachedModel {
  readonly language: FakeLanguage;
  protected readonly cache: CheckedCache;
  protected readonly passLength: number;

  /** @param passLength most tokens of one forward, and between two looks at the stop signal */
  constructor(language: FakeLanguage, contextLength: number, passLength = 4) {
    this.language = language;
    this.cache = new CheckedCache(language.vocabularySize, contextLength);
    this.passLength = passLength;
  }

  get capabilities() {
    const { vocabularySize, contextLength } = this.cache;
    return { vocabularySize, contextLength, passLength: this.passLength };
  }

  get cachedLength(): number {
    return this.cache.length;
  }

  async prefill(tokens: readonly TokenId[], signal: StopSignal): Promise<void> {
    while (this.cache.length < tokens.length && !signal.aborted) {
      this.cache.extend(tokens.slice(0, this.cache.length + this.passLength));
      await Promise.resolve();
    }
  }

  /** A language with one possible next token is the same at every temperature. */
  async begin(): Promise<void> {
    await Promise.resolve();
  }

  truncate(length: number): void {
    this.cache.truncate(length);
  }
}

/** Drafts the target's own token at a share of `agreement` of all positions, and another one at the rest. */
export class FakeDrafter extends FakeModel implements DraftModel {
  readonly model = this;
  readonly #agreement: number;

  /** @param agreement in [0, 1] */
  constructor(language: FakeLanguage, contextLength: number, agreement: number, passLength?: number) {
    super(language, contextLength, passLength);
    this.#agreement = agreement;
  }

  async propose(history: readonly TokenId[], { model: gamma }: DraftLimits): Promise<Proposal | null> {
    if (gamma === 0) return null;
    demand(Number.isInteger(gamma) && gamma >= 1, `a proposal of ${gamma} tokens`);
    const tokens = [...history];
    for (let drafted = 0; drafted < gamma; drafted++) {
      this.cache.extend(tokens);
      tokens.push(this.#guess(tokens));
    }
    return proposalOf('model', tokens.slice(history.length));
  }

  #guess(history: readonly TokenId[]): TokenId {
    const right = nextToken(this.language, history);
    const chance = hash(history.slice(-this.language.order - 1), this.language.seed + 1) / 2 ** 32;
    return chance < this.#agreement ? right : (right + 1) % this.language.vocabularySize;
  }
}

export class FakeTarget extends FakeModel implements Target {
  async decode(history: readonly TokenId[], count: number): Promise<RoundOutcome> {
    demand(Number.isInteger(count) && count >= 1, `plain decoding of ${count} tokens`);
    const tokens = [...history];
    const own = Array.from({ length: count }, () => {
      this.cache.extend(tokens);
      tokens.push(nextToken(this.language, tokens));
      return judgeGreedy([], [{ id: tokens.at(-1) as TokenId, p: 1 }]).next;
    });
    const [next, ...further] = own as [JudgedToken, ...JudgedToken[]];
    return { drafts: [], next, further, readbacks: 1, device: null };
  }

  async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
    const unseen = history.length - this.cache.length;
    const most = proposal ? 1 : this.passLength;
    demand(unseen >= 1 && unseen <= most, `the cache holds ${this.cache.length} tokens of a history of ${history.length}`);
    const drafts = proposal ? draftedIds(proposal) : [];
    this.cache.extend([...history, ...drafts]);
    const choices = Array.from({ length: drafts.length + 1 }, (_, row) => nextToken(this.language, [...history, ...drafts.slice(0, row)]));
    const rows = choices.map((id) => ({ id, p: 1 }));
    const judged = drafts.map((id, i) => ({ id, p: id === choices[i] ? 1 : 0, q: 1 }));
    return { ...judgeGreedy(judged, rows), readbacks: 1, device: null };
  }
}

function draftedIds(proposal: Proposal): readonly TokenId[] {
  demand(proposal.kind === 'ids', 'a proposal on a device');
  const { ids, length } = proposal;
  demand(ids.length === length, `a proposal of length ${length} with ${ids.length} ids`);
  return ids;
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new RangeError(`A promise to the model was broken: ${otherwise}.`);
}

/** FNV-1a over the ids and their number, then a finalizer, as an unsigned 32-bit integer. */
function hash(ids: readonly TokenId[], seed: number): number {
  let state = (0x811c9dc5 ^ seed) >>> 0;
  for (const id of [ids.length, ...ids]) state = Math.imul(state ^ id, 0x01000193) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  state = Math.imul(state ^ (state >>> 12), 0x297a2d39);
  return (state ^ (state >>> 15)) >>> 0;
}

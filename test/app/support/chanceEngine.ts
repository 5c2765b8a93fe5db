import { judgeGreedy } from '../../../src/core/loop/verify';
import { WARM_UP } from '../../../src/core/loop/warmUp';
import { DEFAULT_RUN } from '../../../src/core/settings';
import type { DraftLimits, JudgedToken, Proposal, RoundOutcome, RunSettings, TokenId } from '../../../src/core/types';
import { FakeDrafter, FakeTarget } from '../../../src/model/fake';
import { Time } from '../../support/slowPair';
import { tokenizerOf } from '../../support/words';
import { aborted, FakePairs } from './fakePairs';
import { PageEngine } from './pageEngine';

const WORDS = [' fox', ' bell', ' river', ' oak'];
const CONTEXT = 1024;
/** What a round takes. */
const ROUND_MS = 10;
const OF_CHANCE = { vocabularySize: WORDS.length, order: 1, seed: 0 };

export interface ChanceEngineOptions {
  /** Position from which on speculation writes what the target would not; null: nowhere. */
  wrongFrom: number | null;
  /** Whether every draft is the target's own token; otherwise each is rejected. */
  agrees: boolean;
  /** Whether a pass over several tokens rounds as one over one does. */
  exact: boolean;
  /** Runs after which the next one waits to be stopped; null: none. */
  hold: number | null;
}

/** The engine over a pair whose tokens are drawn by seed and temperature alone, as by a target that samples: the first of four words with the most weight. */
export class ChanceEngine extends PageEngine {
  readonly options: ChanceEngineOptions;

  constructor() {
    const options: ChanceEngineOptions = { wrongFrom: null, agrees: false, exact: true, hold: null };
    const time = new Time();
    let runs = 0;
    const hold = async () => {
      if (runs++ === options.hold) await aborted(pairs.signal);
    };
    const pairs = new FakePairs({
      models: () => {
        const target = new ChanceTarget(options, time, hold);
        return { target, drafter: new ChanceDrafter(options, target) };
      },
      ...{ tokenizer: tokenizerOf(WORDS), words: WORDS.length, stopTokens: () => new Set(), pace: () => 0 },
    });
    super(pairs, time.steps(0.1));
    this.options = options;
  }
}

/** Drafts one token a round: the target's own, or the one behind it. */
class ChanceDrafter extends FakeDrafter {
  readonly #options: ChanceEngineOptions;
  readonly #target: ChanceTarget;

  constructor(options: ChanceEngineOptions, target: ChanceTarget) {
    super(OF_CHANCE, CONTEXT, 1);
    this.#options = options;
    this.#target = target;
  }

  override async propose(history: readonly TokenId[], { model }: DraftLimits): Promise<Proposal | null> {
    if (model === 0) return null;
    this.cache.extend(history);
    const own = this.#target.choose(history.length);
    return { kind: 'ids', source: 'model', length: 1, ids: [this.#options.agrees ? own : (own + 1) % WORDS.length] };
  }
}

class ChanceTarget extends FakeTarget {
  readonly #options: ChanceEngineOptions;
  readonly #time: Time;
  readonly #hold: () => Promise<void>;
  #settings = DEFAULT_RUN;
  #promptLength = 0;

  /** @param hold is waited for by every run before its first pass */
  constructor(options: ChanceEngineOptions, time: Time, hold: () => Promise<void>) {
    super(OF_CHANCE, CONTEXT);
    this.#options = options;
    this.#time = time;
    this.#hold = hold;
  }

  override get capabilities() {
    return { ...super.capabilities, exactRows: this.#options.exact };
  }

  override async begin(...[settings, promptLength]: [RunSettings, number] | []): Promise<void> {
    this.#settings = settings ?? DEFAULT_RUN;
    this.#promptLength = promptLength ?? 0;
    // The rounds of a calibration or a warm-up belong to no run.
    if (this.#settings !== DEFAULT_RUN && this.#settings !== WARM_UP) await this.#hold();
  }

  override async verify(history: readonly TokenId[], proposal: Proposal | null): Promise<RoundOutcome> {
    const drafts = proposal?.kind === 'ids' ? proposal.ids : [];
    this.cache.extend([...history, ...drafts]);
    this.#time.ms += ROUND_MS;
    const rows = [...drafts, null].map((_, i) => ({ id: this.choose(history.length + i), p: 0.5 }));
    const judged = drafts.map((id, i) => ({ id, p: id === rows[i]?.id ? 0.5 : 0.4, q: 0.5 }));
    return { ...judgeGreedy(judged, rows), readbacks: 1, device: null };
  }

  override async decode(history: readonly TokenId[], count: number): Promise<RoundOutcome> {
    const tokens = [...history];
    const own: JudgedToken[] = [];
    while (own.length < count) {
      const { next } = await this.verify(tokens, null);
      own.push(next);
      tokens.push(next.id);
    }
    const [next, ...further] = own as [JudgedToken, ...JudgedToken[]];
    return { drafts: [], next, further, readbacks: 1, device: null };
  }

  /** The token that stands at `position` of the history. */
  choose(position: number): TokenId {
    const index = position - this.#promptLength;
    const { mode, sampling } = this.#settings;
    const { wrongFrom } = this.#options;
    const wrong = mode === 'speculative' && wrongFrom !== null && index > 0 && index >= wrongFrom;
    return (drawn(Number(sampling.seed), index, sampling.temperature) + (wrong ? 1 : 0)) % WORDS.length;
  }
}

/** A word's number by weights that temperature evens out; always the next one at temperature 0. */
function drawn(seed: number, index: number, temperature: number): number {
  if (temperature === 0) return index % WORDS.length;
  const weights = WORDS.map((_, i) => Math.exp(-i / temperature));
  let at = uniform(seed, index) * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    at -= weight;
    return at < 0;
  });
  return Math.max(0, found);
}

/** A uniform number in [0, 1) for every seed and position (mix of murmur3's finaliser). */
function uniform(seed: number, index: number): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

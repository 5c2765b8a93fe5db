import { type DraftLimits, type DraftSource, LIMITS, type RunSettings } from '../types';
import { type Calibration, expectedTokens, sharedMs } from './cost';
import { PlainLength } from './plainLength';
import { RoundPrices } from './roundPrices';

/** What a round tells the one who chose its draft's length. */
export interface ObservedRound {
  /** null: nothing was drafted. */
  readonly source: DraftSource | null;
  readonly drafted: number;
  readonly accepted: number;
  /** Drafts that were judged: the accepted ones and the first rejected. */
  readonly judged: number;
  /** Passes of the target, more than one only where nothing was drafted: one for each token. */
  readonly passes: number;
  /** Tokens in the cache when it began. */
  readonly context: number;
  /** null if it is not what such a round takes. */
  readonly ms: number | null;
}

/** Says before every round how long a draft may be, and how many plain tokens are read back together without one. */
export interface DraftLength {
  /**
   * @param round its index in the run
   * @param context tokens in the cache
   * @param most the longest draft that the run has room for, at least 1: there is room for one plain token more
   */
  choose(round: number, context: number, most: number): DraftLimits;
  observe(round: ObservedRound): void;
}

/** What a run knows of its device before its first round. */
export interface KnownCosts {
  /** What rounds of the pair cost there; null if nothing was measured. */
  readonly calibration: Calibration | null;
  /** Milliseconds of a bare readback, with nothing to wait for; null or absent where it was not measured. */
  readonly readbackMs?: number | null;
  /** The smallest step of the run's clock; absent where nobody looked. */
  readonly clockStepMs?: number;
}

/** What a run may do besides drafting. */
export interface PlainMeans {
  /** Whether the target can choose several tokens before they are read back. */
  readonly chains?: boolean;
  /** Whether a token may end the answer. */
  readonly stops?: boolean;
}

/** @param known what lengths that adapt begin with */
export function draftLength(
  { mode, drafting, gamma }: Pick<RunSettings, 'mode' | 'drafting' | 'gamma'>,
  known: KnownCosts & PlainMeans,
): DraftLength {
  if (typeof gamma === 'object' && (mode === 'plain' || drafting !== 'person')) return new RecordedLength(gamma, mode === 'plain', known);
  if (mode === 'plain') return new FixedLength(0, known);
  if (drafting === 'person') return new PersonLength(gamma);
  return typeof gamma === 'number' ? new FixedLength(gamma, known) : new AdaptiveLength(known, DRAFTERS[drafting]);
}

/** The lengths of a list, and its last one from then on. */
class RecordedLength implements DraftLength {
  readonly #lengths: readonly DraftLimits[];
  readonly #draftsNothing: boolean;
  readonly #chains: boolean;

  constructor(lengths: readonly DraftLimits[], draftsNothing: boolean, { chains = false }: PlainMeans) {
    this.#lengths = lengths;
    this.#draftsNothing = draftsNothing;
    this.#chains = chains;
  }

  choose(round: number, _context: number, most: number): DraftLimits {
    const { model, ngram, plain = 1 } = this.#lengths[Math.min(round, this.#lengths.length - 1)] as DraftLimits;
    const of = (drafts: number) => (this.#draftsNothing ? 0 : Math.min(drafts, most));
    return { model: of(model), ngram: of(ngram), ...plainLimit(this.#chains ? Math.min(plain, most + 1) : 1) };
  }

  observe(): void {
    // What was recorded does not depend on what happens.
  }
}

/** One length for drafts, none where that is 0; as many plain tokens together as are fastest. */
class FixedLength implements DraftLength {
  readonly #gamma: number;
  readonly #prices: RoundPrices;
  readonly #plain: PlainLength | null;

  constructor(gamma: number, known: KnownCosts & PlainMeans) {
    this.#gamma = gamma;
    this.#prices = pricesOf('model', known);
    this.#plain = plainOf(this.#prices, known);
  }

  choose(_round: number, context: number, most: number): DraftLimits {
    const drafts = Math.min(this.#gamma, most);
    return { model: drafts, ngram: drafts, ...plainLimit(this.#plain?.choose(context, plainRoom(most), drafts > 0)) };
  }

  observe({ source, passes, accepted, context, ms }: ObservedRound): void {
    if (source !== null) this.#plain?.drafted(accepted + 1);
    else {
      const single = this.#plain?.observe(passes, context, ms) ?? null;
      if (single !== null) this.#prices.observe(0, context, single);
    }
  }
}

function plainRoom(most: number): number {
  return Math.min(LIMITS.gamma.max, most + 1);
}

function plainLimit(plain = 1): Pick<DraftLimits, 'plain'> {
  return plain > 1 ? { plain } : {};
}

function pricesOf(source: AdaptiveSource, { calibration, readbackMs }: KnownCosts): RoundPrices {
  const typical = calibration === null;
  const fixedMs = typical ? (readbackMs ?? TYPICAL_READBACK_MS) : 0;
  return new RoundPrices(source, calibration ?? TYPICAL, { typical, fixedMs, doubt: typical ? DOUBT.typical : DOUBT.measured });
}

/** null where the target cannot, or the clock does not tell what that gains. */
function plainOf(prices: RoundPrices, known: KnownCosts & PlainMeans): PlainLength | null {
  const { calibration, readbackMs, chains = false, stops = true } = known;
  const told = calibration?.plainSharedMs ?? calibration?.readbackMs ?? readbackMs ?? null;
  if (!chains || told === null || !isTimed(prices, known)) return null;
  return new PlainLength(prices, { sharedMs: calibration ? sharedMs(calibration, 0) : told, stops });
}

/** Whether the clock moves on within a round, so that it says what one takes. */
function isTimed(prices: RoundPrices, { clockStepMs = 0 }: KnownCosts): boolean {
  return clockStepMs <= prices.of(0, 0);
}

/** What a person may type in a round has nothing to do with what would be fastest. */
class PersonLength implements DraftLength {
  readonly #gamma: RunSettings['gamma'];

  constructor(gamma: RunSettings['gamma']) {
    this.#gamma = gamma;
  }

  choose(round: number, _context: number, most: number): DraftLimits {
    const gamma = this.#gamma;
    const wanted = typeof gamma === 'object' ? gamma[Math.min(round, gamma.length - 1)]?.person : gamma;
    return { model: 0, ngram: 0, person: Math.min(most, typeof wanted === 'number' ? wanted : LIMITS.gamma.max) };
  }

  observe(): void {
    // Nor does it depend on what becomes of it.
  }
}

/** Drafts that are always accepted. */
const CERTAIN: readonly number[] = Array.from({ length: LIMITS.gamma.max }, () => 1);

/** Sources whose lengths adapt. */
type AdaptiveSource = Exclude<DraftSource, 'person'>;

const SOURCES: readonly AdaptiveSource[] = ['model', 'ngram'];

/** Those of each way to draft. */
const DRAFTERS: Readonly<Record<Exclude<RunSettings['drafting'], 'person'>, readonly AdaptiveSource[]>> = {
  ...{ model: ['model'], ngram: ['ngram'], mixed: SOURCES },
};

/**
 * Of a pair that nobody has measured yet: ratios that are common where a device is busy with one row already. A readback is not part of them;
 * their unit is a tenth of a decode until the first measured round says how long that is.
 */
const TYPICAL: Calibration = {
  ...{ rows: [1, 2, 17], contexts: [0], verifyMs: [[10, 14, 74]], draftMs: [1.5] },
  ...{ readbackMs: 0, plainFixedMs: 0.5, roundFixedMs: 1 },
};
/** What a readback takes where nobody has measured it. */
const TYPICAL_READBACK_MS = 0.5;
/** How far costs may be off, as a share: measured ones, and typical ones. */
const DOUBT = { measured: 0.1, typical: 1 };

/** A draft that nothing is known of is tried where it could be so many times as fast as plain decoding. */
const WORTH_A_LOOK = 1.3;

/** Before anything was judged, and how many judgements that belief is worth. */
const BELIEF = { rate: { model: 0.75, ngram: 0.7 }, weight: 2 };
/** Weight of a judgement after the next one of its position. */
const MEMORY = 0.95;
/** The same, of what was judged before a rest. */
const TRIAL_MEMORY = 0.4;
/**
 * Rounds without a source before it is tried again, the first time and at most; they double after each trial that failed. A single early miss may be
 * bad luck, so the first rest is short: where no draft pays, the further trials cost under 1 % of 128 tokens.
 */
const REST = { first: 12, most: 96 };

/**
 * Chooses the length of the highest expected speed, from conditional acceptance rates by position, which are counted as the run goes on
 * and forget, and from what rounds cost, which measured rounds correct (`RoundPrices`). No draft at all is a choice; while it lasts, each source
 * is tried again from time to time, by the length that loses least, so a run is slower than plain decoding by no more than the trials.
 */
export class AdaptiveLength implements DraftLength {
  readonly #sources: Readonly<Record<AdaptiveSource, { readonly record: SourceRecord; readonly prices: RoundPrices }>>;
  readonly #plain: PlainLength | null;
  readonly #timed: boolean;
  readonly #drafters: readonly AdaptiveSource[];

  /** @param drafters what may draft */
  constructor(known: KnownCosts & PlainMeans, drafters: readonly AdaptiveSource[] = SOURCES) {
    this.#drafters = drafters;
    const of = (source: AdaptiveSource) => ({ record: new SourceRecord(source), prices: pricesOf(source, known) });
    this.#sources = { model: of('model'), ngram: of('ngram') };
    const { prices } = this.#sources.model;
    this.#timed = isTimed(prices, known);
    this.#plain = plainOf(prices, known);
  }

  choose(_round: number, context: number, most: number): DraftLimits {
    const limits = { model: 0, ngram: 0 };
    for (const source of this.#drafters) {
      const { record } = this.#sources[source];
      const best = this.#fastest(source, context, record.rates(), most);
      // What is looked up may not be found, and would keep plain tokens apart until it is.
      const isLook = source === 'model' && record.isUnknown && this.#couldGain(source, context, most);
      limits[source] = best === 0 && (isLook || record.rested) ? this.#trial(source, context, record.rates(), most) : best;
    }
    return { ...limits, ...plainLimit(this.#plain?.choose(context, plainRoom(most), limits.model > 0 || limits.ngram > 0)) };
  }

  observe({ source, drafted, accepted, judged, passes, context, ms: took }: ObservedRound): void {
    const ms = source === null && this.#plain ? this.#plain.observe(passes, context, took) : took;
    for (const each of SOURCES) {
      const { record, prices } = this.#sources[each];
      const wasExpected = each === source && this.#fastest(each, context, record.rates(), LIMITS.gamma.max) > 0;
      if (this.#timed && ms !== null && (source === null || source === each)) prices.observe(drafted, context, ms);
      if (each !== source) record.rest();
      else record.judge(accepted, judged, { wasExpected, isHopeful: this.#fastest(each, context, CERTAIN, LIMITS.gamma.max) > 0 });
    }
    if (source !== null) this.#plain?.drafted(accepted + 1);
  }

  /** The length of the highest expected speed by rates by position; 0 if plain decoding has it. */
  #fastest(source: AdaptiveSource, context: number, rates: readonly number[], most: number): number {
    const { prices } = this.#sources[source];
    let best = 0;
    let speed = this.#plainSpeed(source, context);
    for (let gamma = 1; gamma <= most; gamma++) {
      const expected = expectedTokens(rates, gamma) / prices.of(gamma, context);
      if (expected > speed) [best, speed] = [gamma, expected];
    }
    return best;
  }

  /** Whether drafts that are always accepted would gain so much that one look at the draft is worth it. */
  #couldGain(source: AdaptiveSource, context: number, most: number): boolean {
    const best = this.#fastest(source, context, CERTAIN, most);
    return best > 0 && (1 + best) / this.#sources[source].prices.of(best, context) > WORTH_A_LOOK * this.#plainSpeed(source, context);
  }

  /** The length by which a round loses least to plain decoding: a short one where rows are dear, a long one where the round itself is. */
  #trial(source: AdaptiveSource, context: number, rates: readonly number[], most: number): number {
    const { prices } = this.#sources[source];
    const plainMs = 1 / this.#plainSpeed(source, context);
    const loss = (gamma: number) => prices.of(gamma, context) - expectedTokens(rates, gamma) * plainMs;
    const lengths = Array.from({ length: most }, (_, i) => i + 1);
    return lengths.reduce((best, gamma) => (loss(gamma) < loss(best) ? gamma : best), 1);
  }

  /** Tokens in a millisecond without drafts. */
  #plainSpeed(source: AdaptiveSource, context: number): number {
    return Math.max(1 / this.#sources[source].prices.of(0, context), this.#plain?.speed(context, LIMITS.gamma.max) ?? 0);
  }
}

/** How drafts of one source have fared. */
class SourceRecord {
  readonly #source: AdaptiveSource;
  /** By position: judgements and acceptances, of which older ones count less. */
  readonly #judged = new Array<number>(LIMITS.gamma.max).fill(0);
  readonly #accepted = new Array<number>(LIMITS.gamma.max).fill(0);
  #resting = 0;
  #patience = REST.first;

  constructor(source: AdaptiveSource) {
    this.#source = source;
  }

  /** Whether nothing it drafted was judged yet. */
  get isUnknown(): boolean {
    return this.#judged[0] === 0;
  }

  /** Whether it has not drafted for long enough to be tried again. */
  get rested(): boolean {
    return this.#resting >= this.#patience;
  }

  /** Conditional acceptance rates by position, of which the one before is the best guess until there are judgements. */
  rates(): number[] {
    let rate = BELIEF.rate[this.#source];
    return this.#judged.map((judged, at) => {
      rate = ((this.#accepted[at] as number) + BELIEF.weight * rate) / (judged + BELIEF.weight);
      return rate;
    });
  }

  rest(): void {
    this.#resting++;
  }

  /** @param wasExpected whether this draft was to pay @param isHopeful whether drafts that are always accepted would pay */
  judge(
    accepted: number,
    judged: number,
    { wasExpected, isHopeful }: { readonly wasExpected: boolean; readonly isHopeful: boolean },
  ): void {
    const isTrial = this.rested || (this.isUnknown && !wasExpected);
    // What a trial finds out counts for more than what was true before the rest.
    const memory = this.rested ? TRIAL_MEMORY : MEMORY;
    for (let at = 0; at < judged; at++) {
      this.#judged[at] = memory * (this.#judged[at] as number) + 1;
      this.#accepted[at] = memory * (this.#accepted[at] as number) + (at < accepted ? 1 : 0);
    }
    // A draft that is accepted as a whole is worth another look at once.
    const promising = isHopeful && accepted === judged;
    if (promising) this.#patience = REST.first;
    else if (this.rested) this.#patience = Math.min(REST.most, 2 * this.#patience);
    this.#resting = promising && isTrial ? this.#patience : 0;
  }
}

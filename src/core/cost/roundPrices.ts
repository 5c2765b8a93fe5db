import { median } from '../median';
import { type DraftSource, LIMITS } from '../types';
import { type Calibration, costRatio, roundMs, scaleCosts } from './cost';

/** Tokens by which the cache grows before rounds are priced again. */
const REPRICE = 32;
/** Spread of a round's time about its price, as a share of it. */
const NOISE = 0.15;
/** Weight of a round after the next one of its kind, with drafts or without. */
const MEMORY = 0.95;
/** No round counts as longer than its price times this. */
const MOST = 2;
/** None of the first ones of a kind as longer by more than this times the doubt of its price: one that was disturbed stands alone there. */
const FIRST_MOST = 2;
/** No part of a round is priced below this share of what was expected. */
const LEAST = 0.02;
/** A device is another than it was, as on a machine that others use, where so many rounds in a row take so many times their price, or as much less; and how far prices may be off then, as a share. */
const CHANGE = { rounds: 3, times: 2, doubt: 1 } as const;

/** What the rounds of one kind come to, older ones counting less: weighted sums over p, the plain part, and d, the drafts' part, as expected, and the ms measured. */
class Sums {
  pp = 0;
  pd = 0;
  dd = 0;
  pms = 0;
  dms = 0;

  add(p: number, d: number, ms: number, weight: number): void {
    this.pp = MEMORY * this.pp + weight * p * p;
    this.pd = MEMORY * this.pd + weight * p * d;
    this.dd = MEMORY * this.dd + weight * d * d;
    this.pms = MEMORY * this.pms + weight * p * ms;
    this.dms = MEMORY * this.dms + weight * d * ms;
  }
}

/**
 * Prices rounds by how many drafts they have: what a round without any takes, readback included, and what the drafts add. Both are expected from
 * costs and corrected by measured rounds, each by a factor of its own (least squares over recent rounds, with the expectation as one of them),
 * so a device with a slow readback and one with slow rows are distinguished.
 */
export class RoundPrices {
  readonly #source: DraftSource;
  #fixedMs: number;
  /** How far the expectation of either part may be off, as a share of it. */
  #doubt: number;
  #sums = { plain: new Sums(), drafted: new Sums() };
  /** Rounds of a kind that were measured. */
  readonly #seen = { plain: 0, drafted: 0 };
  /** What the latest rounds took over their price as it was before them, as long as all are far from it, to one side; and that price's factors. */
  #surprise: { readonly factors: readonly [number, number]; readonly plainFactor: number; readonly ratios: readonly number[] } | null =
    null;
  /** The factors that the expectation stands for. */
  #trusted: readonly [number, number] = [1, 1];
  readonly #typical: boolean;
  #costs: Calibration;
  /** Whether `#costs` are in milliseconds of nothing in particular, to be scaled by the first measured round. */
  #unscaled: boolean;
  #priced: { readonly context: number; readonly ms: readonly number[] } | null = null;
  /** Of rounds with drafts: of the plain part and of the drafts' part. */
  #factors: readonly [number, number] = [1, 1];
  /** Of rounds without. Only such rounds correct it: where they may be the faster ones they are tried, and it turns out. */
  #plainFactor = 1;
  /** The same before any such round was measured. */
  #plainGuess = 1;

  /** @param fixedMs of `typical` costs, what each round takes beyond them and is known in milliseconds; `doubt`: how far the costs may be off, as a share */
  constructor(source: DraftSource, costs: Calibration, { typical, fixedMs, doubt }: { typical: boolean; fixedMs: number; doubt: number }) {
    this.#source = source;
    this.#costs = costs;
    this.#unscaled = typical;
    this.#typical = typical;
    this.#fixedMs = fixedMs;
    this.#doubt = doubt;
  }

  /** Whether the prices are milliseconds: those of typical costs are once a round was measured. */
  get isScaled(): boolean {
    return !this.#unscaled;
  }

  /** Milliseconds of a round of `gamma` drafts with `context` tokens in the cache. */
  of(gamma: number, context: number): number {
    const [plain, drafts] = this.#parts(gamma, context);
    if (gamma === 0) return this.#plainFactor * plain;
    const [a, b] = this.#factors;
    return a * plain + b * drafts;
  }

  /** Takes in that such a round took `ms`. */
  observe(gamma: number, context: number, ms: number): void {
    if (this.#unscaled && ms > 0) this.#scale(gamma, context, ms);
    const kind = gamma > 0 ? 'drafted' : 'plain';
    this.#notice(kind, gamma, context, ms);
    const most = this.#seen[kind]++ < CHANGE.rounds ? Math.min(MOST, 1 + FIRST_MOST * this.#doubt) : MOST;
    const [plain, drafts] = this.#parts(gamma, context);
    const price = this.of(gamma, context);
    // A pause of the machine, such as a collection of garbage, is not a cost of the round.
    this.#sums[kind].add(plain, drafts, Math.min(ms, most * Math.max(price, plain + drafts)), 1 / (NOISE * price) ** 2);
    this.#fit();
  }

  /** Takes in what a round took: if the device is another than it was, all prices are scaled, and what was measured before is forgotten. */
  #notice(kind: 'plain' | 'drafted', gamma: number, context: number, ms: number): void {
    const { factors, plainFactor } = this.#surprise ?? { factors: this.#factors, plainFactor: this.#plainFactor };
    const [plain, drafts] = this.#parts(gamma, context);
    const ratio = ms / (gamma === 0 ? plainFactor * plain : factors[0] * plain + factors[1] * drafts);
    const far = ratio > CHANGE.times || ratio < 1 / CHANGE.times;
    // A clock that stands still within a round does not say how much faster the device is; what typical costs say of a kind that was not measured yet is no price to
    // be surprised by.
    if (!far || ms <= 0 || (this.#typical && this.#seen[kind] < CHANGE.rounds)) {
      this.#surprise = null;
      return;
    }
    const before = this.#surprise?.ratios ?? [];
    const ratios = before.every((each) => each > 1 === ratio > 1) ? [...before, ratio] : [ratio];
    this.#surprise = { factors, plainFactor, ratios };
    if (ratios.length < CHANGE.rounds) return;
    const by = median(ratios);
    this.#costs = scaleCosts(this.#costs, by);
    this.#fixedMs *= by;
    this.#priced = null;
    this.#sums = { plain: new Sums(), drafted: new Sums() };
    this.#trusted = factors;
    this.#doubt = CHANGE.doubt;
    if (gamma === 0) this.#plainGuess = plainFactor;
    else this.#guessPlain(gamma, context, ms);
    this.#surprise = null;
    this.#fit();
  }

  #fit(): void {
    // The expectation counts as one measurement of either part, also where it is 0.
    const trust = 1 / this.#doubt ** 2;
    const { plain: s, drafted: t } = this.#sums;
    const pp = s.pp + t.pp + trust;
    const dd = s.dd + t.dd + trust;
    const pd = s.pd + t.pd;
    const pms = s.pms + t.pms + trust * this.#trusted[0];
    const dms = s.dms + t.dms + trust * this.#trusted[1];
    const determinant = pp * dd - pd * pd;
    const factors = [(dd * pms - pd * dms) / determinant, (pp * dms - pd * pms) / determinant] as const;
    this.#factors = [Math.max(LEAST, factors[0]), Math.max(LEAST, factors[1])];
    this.#plainFactor = Math.max(LEAST, (s.pms + this.#plainGuess * trust) / (s.pp + trust));
  }

  #scale(gamma: number, context: number, ms: number): void {
    const expected = roundMs(this.#costs, gamma, context, this.#source);
    const scale = Math.max(0.05 * ms, ms - this.#fixedMs) / expected;
    this.#costs = scaleCosts(this.#costs, scale);
    this.#unscaled = false;
    this.#priced = null;
    this.#guessPlain(gamma, context, ms);
  }

  /** Rows may be no cheaper together than apart: then a round without drafts is shorter than the costs have it, after one of `gamma` drafts that took `ms`. */
  #guessPlain(gamma: number, context: number, ms: number): void {
    const draftedRow = 1 + (this.#source === 'model' ? costRatio(this.#costs, context) : 0);
    const [plain] = this.#parts(0, context);
    this.#plainGuess = (this.#fixedMs + Math.max(0, ms - this.#fixedMs) / (1 + gamma * draftedRow)) / plain;
  }

  /** As expected: what a round takes without drafts, and what `gamma` drafts add. */
  #parts(gamma: number, context: number): readonly [number, number] {
    if (!this.#priced || Math.abs(context - this.#priced.context) >= REPRICE) {
      const of = (drafts: number) => this.#fixedMs + roundMs(this.#costs, drafts, context, this.#source);
      this.#priced = { context, ms: Array.from({ length: LIMITS.gamma.max + 1 }, (_, drafts) => of(drafts)) };
    }
    const { ms } = this.#priced;
    const plain = ms[0] as number;
    return [plain, (ms[gamma] as number) - plain];
  }
}

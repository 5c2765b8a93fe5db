import { median } from '../median';
import { compareRuns, type Speed, speedsOf } from '../run/comparison';
import { committedTokens, type Tally, tally } from '../run/tally';
import type { RunEvent } from '../types';
import { isTooShort, type MeasuredRun, sameVariant, type Variant } from './experiment';
import { answerOf, judgeAnswer, TEXT_KINDS, type TextKind } from './quality';

/**
 * One line of an experiment's worksheet: runs of one kind of text, or of all, decoded in one way. Figures are null if they were not measured or do
 * not exist. Counts, rates and times leave out answers that are too short; outputs and quality are of all.
 */
export interface WorksheetRow {
  readonly kind: TextKind | 'all';
  /** null: plain decoding. */
  readonly variant: Variant | null;
  /** That are counted. */
  readonly runs: number;
  /** Answers that ended before `LEAST_TOKENS`. */
  readonly tooShort: number;
  readonly drafted: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly discarded: number;
  /** Drafted past the end of an answer; part of no other count. */
  readonly pastEnd: number;
  /** Forward passes of the target, its first one over the prompt's end included. */
  readonly targetPasses: number;
  readonly committed: number;
  readonly acceptanceRate: number | null;
  readonly acceptedOverDrafted: number | null;
  readonly meanAcceptanceLength: number | null;
  /** Median over the runs. */
  readonly timeToFirstTokenMs: number | null;
  /** The whole wait, prompt included: median over the runs. */
  readonly latencyMs: number | null;
  /** Decoding alone, of all runs together. */
  readonly tokensPerSecond: number | null;
  readonly speedup: Speedups;
  readonly output: OutputCount;
  readonly quality: QualityCount;
  /** Mean of ln p over the answers' tokens, p under the target as it was sampled from (at temperature 0: its softmax). */
  readonly meanLogProbability: number | null;
}

/** How many times as fast as plain decoding over the whole wait, and in decoding alone; null without a pair of runs. */
export type Speedups = Readonly<Record<Speed, Speedup | null>>;

/** How many times as fast as plain decoding, a token, over pairs of runs of one prompt and seed. */
export interface Speedup {
  /** Geometric mean over the pairs. */
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly pairs: number;
}

/** Outputs compared with plain decoding's of the same prompt and seed. `drawnApart`: two draws of one distribution, which need not be the same. */
export interface OutputCount {
  readonly identical: number;
  readonly different: number;
  readonly drawnApart: number;
}

/** Answers by their kind's rule. `cut`: not ended within the run; `unruled`: of a kind without a rule. */
export interface QualityCount {
  readonly right: number;
  readonly wrong: number;
  readonly cut: number;
  readonly unruled: number;
}

/** The worksheet of what was measured: for each kind of text and for all together, plain decoding and then every variant. */
export function worksheet(measured: readonly MeasuredRun[]): WorksheetRow[] {
  const kinds = TEXT_KINDS.filter((kind) => measured.some(({ planned }) => planned.kind === kind));
  const variants = variantsOf(measured);
  const scopes = [
    ...kinds.map((kind) => [kind, measured.filter(({ planned }) => planned.kind === kind)] as const),
    ['all', measured] as const,
  ];
  return scopes.flatMap(([kind, runs]) =>
    variants.map((variant) => rowOf(kind, variant, runs)).filter((row) => row.runs + row.tooShort > 0),
  );
}

/** Every way that was measured, plain decoding first. */
export function variantsOf(measured: readonly MeasuredRun[]): (Variant | null)[] {
  const found: (Variant | null)[] = [null];
  for (const { planned } of measured) if (!found.some((variant) => sameVariant(variant, planned.variant))) found.push(planned.variant);
  return found;
}

/** Speculative runs with the plain run of the same prompt, seed and group. */
export interface MeasuredPair {
  readonly speculative: MeasuredRun;
  readonly plain: MeasuredRun;
}

export function pairsOf(measured: readonly MeasuredRun[]): MeasuredPair[] {
  const plain = new Map(measured.filter(({ planned }) => planned.variant === null).map((run) => [run.planned.group, run]));
  return measured.flatMap((run) => {
    const other = run.planned.variant === null ? undefined : plain.get(run.planned.group);
    return other ? [{ speculative: run, plain: other }] : [];
  });
}

/** Those of which neither answer is too short, which speedups and rates are of. */
export function longPairs(pairs: readonly MeasuredPair[]): MeasuredPair[] {
  return pairs.filter(({ speculative, plain }) => !isTooShort(speculative.events) && !isTooShort(plain.events));
}

function rowOf(kind: TextKind | 'all', variant: Variant | null, scope: readonly MeasuredRun[]): WorksheetRow {
  const all = scope.filter(({ planned }) => sameVariant(planned.variant, variant));
  const runs = all.filter(({ events }) => !isTooShort(events));
  const pairs = pairsOf(scope).filter(({ speculative }) => sameVariant(speculative.planned.variant, variant));
  const tallies = runs.map(({ events }) => tally(events));
  const sum = (count: (each: Tally) => number) => tallies.reduce((total, each) => total + count(each), 0);
  const [drafted, accepted, rejected, passes, committed] = [
    sum((each) => each.drafted),
    sum((each) => each.accepted),
    sum((each) => each.rejected),
    sum((each) => each.passes),
    sum((each) => each.committed),
  ];
  // Of runs whose speed could be told.
  const decodeMs = sum((each) => (each.tokensPerSecond === null ? 0 : each.decodeMs));
  const decoded = sum((each) => ((each.tokensPerSecond ?? 0) * each.decodeMs) / 1000);
  return {
    ...{ kind, variant, runs: runs.length, tooShort: all.length - runs.length },
    ...{ drafted, accepted, rejected, discarded: sum((each) => each.discarded), pastEnd: sum((each) => each.pastEnd) },
    ...{ targetPasses: passes, committed },
    acceptanceRate: ratio(accepted, accepted + rejected),
    acceptedOverDrafted: ratio(accepted, drafted),
    meanAcceptanceLength: ratio(committed, passes),
    timeToFirstTokenMs: medianOf(tallies.flatMap(({ timeToFirstTokenMs: ms }) => (ms === null ? [] : [ms]))),
    latencyMs: medianOf(tallies.map(({ waitMs }) => waitMs)),
    tokensPerSecond: ratio(decoded * 1000, decodeMs),
    speedup: speedupsOf(longPairs(pairs)),
    output: outputsOf(pairs),
    quality: qualityOf(all),
    meanLogProbability: logProbabilityOf(all),
  };
}

/** The two speedups of pairs. */
export function speedupsOf(pairs: readonly MeasuredPair[]): Speedups {
  return { wait: speedupOf(pairs, 'wait'), decoding: speedupOf(pairs, 'decoding') };
}

/** Geometric mean and range of plain over speculative time a token; null without a pair whose clock tells both. */
export function speedupOf(pairs: readonly MeasuredPair[], speed: Speed): Speedup | null {
  const ratios = pairs
    .map(({ speculative, plain }) => tokensPerSecondOf(speculative.events, speed) / tokensPerSecondOf(plain.events, speed))
    .filter((ratio) => Number.isFinite(ratio) && ratio > 0);
  if (ratios.length === 0) return null;
  const mean = Math.exp(ratios.reduce((sum, each) => sum + Math.log(each), 0) / ratios.length);
  return { mean, least: Math.min(...ratios), most: Math.max(...ratios), pairs: ratios.length };
}

function tokensPerSecondOf(events: readonly RunEvent[], speed: Speed): number {
  return speedsOf(events)[speed] ?? Number.NaN;
}

/** How the outputs of pairs compare. */
export function outputsOf(pairs: readonly MeasuredPair[]): OutputCount {
  const outputs = pairs.map(({ speculative, plain }) => compareRuns(speculative.events, plain.events)?.output);
  const { temperature, rule } = pairs[0]?.speculative.planned.settings.sampling ?? { temperature: 0, rule: 'coupled' };
  // Two draws that happen to be equal are still two draws.
  if (temperature > 0 && rule === 'rejection') return { identical: 0, different: 0, drawnApart: outputs.length };
  const identical = outputs.filter((output) => output === 'identical').length;
  return { identical, different: outputs.length - identical, drawnApart: 0 };
}

export function qualityOf(runs: readonly MeasuredRun[]): QualityCount {
  const counts = { right: 0, wrong: 0, cut: 0, unruled: 0 };
  for (const { planned, events } of runs) {
    const last = events.at(-1);
    const ended = last?.type === 'end' && last.reason === 'stop';
    counts[judgeAnswer(planned.kind, planned.prompt, textOf(events), ended) ?? 'unruled']++;
  }
  return counts;
}

/** What a run wrote, past any end mark. */
export function textOf(events: readonly RunEvent[]): string {
  return committedTokens(events)
    .map(({ text }) => text)
    .join('');
}

/** Of the tokens up to the answer's end; a probability of 0 in the figures that came back counts as the smallest that is told from it. */
function logProbabilityOf(runs: readonly MeasuredRun[]): number | null {
  let [sum, count] = [0, 0];
  for (const { events } of runs) {
    const length = answerOf(textOf(events)).answer.length;
    let seen = 0;
    for (const { p, text } of committedTokens(events)) {
      if (seen >= length) break;
      seen += text.length;
      if (p === null) continue;
      sum += Math.log(Math.max(p, 1e-9));
      count++;
    }
  }
  return ratio(sum, count);
}

function medianOf(values: readonly number[]): number | null {
  return values.length > 0 ? median(values) : null;
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

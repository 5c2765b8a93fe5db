import { median } from '../median';
import { TIE } from '../run/comparison';
import { meanParts, type SpeedupParts, speedupParts } from '../run/speedupParts';
import { tally } from '../run/tally';
import { COMMITTED_VERDICTS, type RoundEvent } from '../types';
import type { ExperimentPlan, ExperimentPrompt, MeasuredRun, Variant } from './experiment';
import {
  longPairs,
  type MeasuredPair,
  outputsOf,
  pairsOf,
  type QualityCount,
  qualityOf,
  type Speedup,
  type Speedups,
  speedupOf,
  speedupsOf,
} from './worksheet';

/** What is often said of speculative decoding. */
export const CLAIMS = ['two-to-three', 'no-loss', 'cheap-verification', 'half-is-theatre', 'not-for-small', 'bigger-drafts'] as const;
export type ClaimId = (typeof CLAIMS)[number];

/** A set of runs that claims are judged by; two claims may share one. */
export type EvidenceName = 'speed' | 'equality' | 'verification' | 'half' | 'drafts';

export const EVIDENCE: Readonly<Record<ClaimId, EvidenceName>> = {
  'two-to-three': 'speed',
  'no-loss': 'equality',
  'cheap-verification': 'verification',
  'half-is-theatre': 'half',
  'not-for-small': 'speed',
  'bigger-drafts': 'drafts',
};

/** Where a claim begins to hold. Stated on the page, since claims rarely state it themselves. */
export const BOUNDS = {
  /** Speedup over the whole wait from which on it is "two to three times faster". */
  fast: 2,
  /** Most that a pass over γ + 1 rows may cost of one over a single row to "cost little". */
  cheap: 1.25,
  /** Accepted over drafted that is "about a half". */
  half: { least: 0.4, most: 0.6 },
  /** Least speedup over the whole wait that is a gain and not noise. */
  gain: TIE,
  /** Parameters below which a target is "small". */
  small: 1e9,
  /** Fewest pairs of runs that speak for anything. */
  pairs: 3,
  /** Draft length of fixed lengths. */
  gamma: 4,
} as const;

/** A model as claims look at it. */
export interface ClaimModel {
  readonly id: string;
  readonly parameters: number;
}

/** The models that claims are about, drafts in the manifest's order and at last the target as its own. */
export interface ClaimModels {
  readonly target: ClaimModel;
  readonly drafts: readonly ClaimModel[];
}

/** `near`: the figures lie too close to the bound for so few runs. */
type Verdict<Figures> =
  | { readonly verdict: 'holds' | 'fails'; readonly near: boolean; readonly figures: Figures; readonly runs: readonly MeasuredRun[] }
  | { readonly verdict: 'unmeasured'; readonly reason: Unmeasured; readonly runs: readonly MeasuredRun[] };

/** Why nothing can be said: nothing, or too little, was run; a clock too coarse to tell; no clock of the device; no acceptance about a half; no small target; no drafts of two sizes. */
export type Unmeasured = 'no-runs' | 'too-few' | 'too-coarse' | 'no-clock' | 'none-about-half' | 'not-small' | 'one-size';

/** Both speedups, of which the whole wait's was measured and decides. */
export type MeasuredSpeedups = Speedups & { readonly wait: Speedup };

export interface DraftFigures {
  readonly draft: string;
  readonly parameters: number;
  readonly acceptedOverDrafted: number | null;
  readonly speedup: MeasuredSpeedups;
}

export interface ClaimFigures {
  /** `parts`: of decoding alone, over the pairs of which they are known. */
  readonly 'two-to-three': { readonly speedup: MeasuredSpeedups; readonly parts: SpeedupParts | null };
  readonly 'no-loss': {
    readonly identical: number;
    readonly compared: number;
    readonly plain: QualityCount;
    readonly speculative: QualityCount;
  };
  readonly 'cheap-verification': { readonly ratio: number; readonly plainMs: number; readonly verifyMs: number; readonly gamma: number };
  readonly 'half-is-theatre': { readonly speedup: MeasuredSpeedups; readonly share: number };
  readonly 'not-for-small': { readonly speedup: MeasuredSpeedups; readonly parameters: number };
  readonly 'bigger-drafts': { readonly drafts: readonly DraftFigures[] };
}

export type ClaimVerdict<Id extends ClaimId = ClaimId> = Verdict<ClaimFigures[Id]>;

/** The runs that one set of evidence takes: short ones. @param prompts at least one of each kind that is named here */
export function evidencePlan(name: EvidenceName, { drafts, target }: ClaimModels, prompts: readonly ExperimentPrompt[]): ExperimentPlan {
  const own = drafts.filter(({ id }) => id !== target.id);
  const [first, last] = [own[0]?.id ?? target.id, own.at(-1)?.id ?? target.id];
  const { gamma } = BOUNDS;
  const of = (draft: string, ...gammas: Variant['gamma'][]) => gammas.map((each): Variant => ({ drafting: 'model', draft, gamma: each }));
  const kinds = (...wanted: ExperimentPrompt['kind'][]) => wanted.flatMap((kind) => prompts.find((each) => each.kind === kind) ?? []);
  const plan = (chosen: readonly ExperimentPrompt[], variants: readonly Variant[], maxTokens = 96): ExperimentPlan => ({
    ...{ prompts: chosen, variants, maxTokens, fixedLength: false, repetitions: 1, temperature: 0, rule: 'rejection', seed: 0 },
  });
  switch (name) {
    case 'speed':
      return plan(kinds('story', 'json', 'code', 'answers', 'hard'), of(first, 'auto'));
    case 'equality':
      return plan(kinds('story', 'json', 'code', 'hard'), first === last ? of(first, gamma) : [...of(first, gamma), ...of(last, gamma)]);
    case 'verification':
      return plan(kinds('story', 'code'), of(first, gamma));
    case 'half':
      return plan(kinds('story', 'json', 'counting'), of(last, 1, 2, gamma), 60);
    case 'drafts':
      return plan(
        kinds('story', 'json', 'code'),
        drafts.flatMap(({ id }) => of(id, gamma)),
        60,
      );
  }
}

/** The verdict on a claim from the runs of its evidence; never one without a measurement. */
export function judgeClaim<Id extends ClaimId>(id: Id, runs: readonly MeasuredRun[], models: ClaimModels): ClaimVerdict<Id> {
  return (runs.length === 0 ? unmeasured('no-runs', []) : RULES[id](runs, models)) as ClaimVerdict<Id>;
}

const RULES: { readonly [Id in ClaimId]: (runs: readonly MeasuredRun[], models: ClaimModels) => ClaimVerdict<Id> } = {
  'two-to-three': (runs) =>
    withSpeedup(runs, longPairs(pairsOf(runs)), (speedup) => {
      const parts = meanParts(
        longPairs(pairsOf(runs)).flatMap(({ speculative, plain }) => speedupParts(speculative.events, plain.events) ?? []),
      );
      return decided(speedup.wait.mean >= BOUNDS.fast, isNear(runs, BOUNDS.fast), { speedup, parts }, runs);
    }),

  'no-loss': (runs) => {
    const pairs = pairsOf(runs);
    const { identical, different, drawnApart } = outputsOf(pairs);
    if (identical + different < BOUNDS.pairs || drawnApart > 0) return unmeasured('too-few', runs);
    const quality = (side: 'plain' | 'speculative') => qualityOf([...new Set(pairs.map((pair) => pair[side]))]);
    const figures = { identical, compared: identical + different, plain: quality('plain'), speculative: quality('speculative') };
    return decided(different === 0, false, figures, runs);
  },

  'cheap-verification': (runs) => {
    const times = (wanted: number) =>
      runs.flatMap(({ events }) =>
        events.flatMap((event) =>
          // The first round of a run sees its prompt, the second one has the draft see it.
          event.type === 'round' && event.index > 1 && event.device && draftsOf(event) === wanted
            ? event.device.verifyMs / (event.passes ?? 1)
            : [],
        ),
      );
    const [plain, verified] = [times(0), times(BOUNDS.gamma)];
    if (plain.length === 0 || verified.length === 0) return unmeasured('no-clock', runs);
    const [plainMs, verifyMs] = [median(plain), median(verified)];
    if (plainMs === 0) return unmeasured('no-clock', runs);
    const ratio = verifyMs / plainMs;
    return decided(ratio <= BOUNDS.cheap, Math.abs(ratio - BOUNDS.cheap) < 0.1, { ratio, plainMs, verifyMs, gamma: BOUNDS.gamma }, runs);
  },

  'half-is-theatre': (runs) => {
    const { least, most } = BOUNDS.half;
    const pairs = longPairs(pairsOf(runs)).filter(({ speculative }) => {
      const share = tally(speculative.events).acceptedOverDrafted;
      return share !== null && share >= least && share <= most;
    });
    const speedup = measuredSpeedups(pairs);
    if (!speedup) return unmeasured(pairs.length > 0 ? 'too-coarse' : 'none-about-half', runs);
    const counted = pairs.map(({ speculative }) => tally(speculative.events));
    const share = sum(counted, ({ accepted }) => accepted) / sum(counted, ({ drafted }) => drafted);
    const behind = pairs.flatMap(({ speculative, plain }) => [plain, speculative]);
    const near = pairs.length < BOUNDS.pairs || isNear(behind, BOUNDS.gain);
    return decided(speedup.wait.mean < BOUNDS.gain, near, { speedup, share }, [...new Set(behind)]);
  },

  'not-for-small': (runs, { target }) => {
    if (target.parameters >= BOUNDS.small) return unmeasured('not-small', runs);
    return withSpeedup(runs, longPairs(pairsOf(runs)), (speedup) =>
      decided(speedup.wait.mean < BOUNDS.gain, isNear(runs, BOUNDS.gain), { speedup, parameters: target.parameters }, runs),
    );
  },

  'bigger-drafts': (runs, { drafts }) => {
    const pairs = longPairs(pairsOf(runs));
    const figures = drafts.flatMap(({ id, parameters }): DraftFigures[] => {
      const own = pairs.filter(({ speculative }) => speculative.planned.draft === id);
      const speedup = own.length < BOUNDS.pairs ? null : measuredSpeedups(own);
      const counted = own.map(({ speculative }) => tally(speculative.events));
      const drafted = sum(counted, (each) => each.drafted);
      const share = drafted > 0 ? sum(counted, ({ accepted }) => accepted) / drafted : null;
      return speedup ? [{ draft: id, parameters, acceptedOverDrafted: share, speedup }] : [];
    });
    const sizes = new Set(figures.map(({ parameters }) => parameters));
    if (sizes.size < 2) return unmeasured(figures.length === 0 ? 'too-few' : 'one-size', runs);
    const bySize = [...figures].sort((a, b) => a.parameters - b.parameters);
    const holds = bySize.every((each, i) =>
      bySize.slice(i + 1).every((other) => other.parameters === each.parameters || other.speedup.wait.mean > each.speedup.wait.mean),
    );
    const best = [...figures].sort((a, b) => b.speedup.wait.mean - a.speedup.wait.mean);
    const near = best[0] && best[1] ? best[0].speedup.wait.mean / best[1].speedup.wait.mean < BOUNDS.gain : false;
    return decided(holds, near, { drafts: bySize }, runs);
  },
};

function decided<Figures>(holds: boolean, near: boolean, figures: Figures, runs: readonly MeasuredRun[]): Verdict<Figures> {
  return { verdict: holds ? 'holds' : 'fails', near, figures, runs };
}

function unmeasured(reason: Unmeasured, runs: readonly MeasuredRun[]) {
  return { verdict: 'unmeasured', reason, runs } as const;
}

function withSpeedup<Figures>(
  runs: readonly MeasuredRun[],
  pairs: readonly MeasuredPair[],
  judge: (speedup: MeasuredSpeedups) => Verdict<Figures>,
): Verdict<Figures> {
  if (pairs.length < BOUNDS.pairs) return unmeasured('too-few', runs);
  const speedup = measuredSpeedups(pairs);
  return speedup ? judge(speedup) : unmeasured('too-coarse', runs);
}

function measuredSpeedups(pairs: readonly MeasuredPair[]): MeasuredSpeedups | null {
  const { wait, decoding } = speedupsOf(pairs);
  return wait && { wait, decoding };
}

/** Whether the mean speedup over the whole wait lies within two of its standard errors of `bound`, by the spread of the pairs' logarithms. */
function isNear(runs: readonly MeasuredRun[], bound: number): boolean {
  const logs = longPairs(pairsOf(runs)).flatMap((pair) => {
    const speedup = speedupOf([pair], 'wait');
    return speedup ? [Math.log(speedup.mean)] : [];
  });
  if (logs.length < 2) return true;
  const mean = sum(logs, (log) => log) / logs.length;
  const variance = sum(logs, (log) => (log - mean) ** 2) / (logs.length - 1);
  return Math.abs(mean - Math.log(bound)) < 2 * Math.sqrt(variance / logs.length);
}

function draftsOf({ tokens }: RoundEvent): number {
  return tokens.filter(({ verdict }) => verdict === 'accepted' || !COMMITTED_VERDICTS.has(verdict)).length;
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

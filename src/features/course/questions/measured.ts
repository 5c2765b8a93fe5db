import { adviceOf } from '../../../core/advice';
import { compareRuns } from '../../../core/comparison';
import { bestGamma, breakEven, type Calibration, costRatio, predictedSpeedup, type Rates, roundMs, verifyRatio } from '../../../core/cost';
import { runRates } from '../../../core/pricing';
import { tally } from '../../../core/tally';
import { LIMITS, type PairMemory, type RunEvent } from '../../../core/types';
import type { MeasuredFigure } from '../../../lessons/questions';
import { questions as words } from '../../../ui/texts/questions';

/** Draft length that figures of costs alone are given for. */
const GAMMA = 4;

/** What is known on this device: its costs, and the learner's own last runs. null: not measured yet. */
export interface Known {
  readonly costs: Calibration | null;
  /** Tokens in the cache that the costs are taken at. */
  readonly context: number;
  readonly speculative: readonly RunEvent[] | null;
  readonly plain: readonly RunEvent[] | null;
  readonly memory: PairMemory | null;
}

/** What has to be measured before a figure can be given: the device, a speculative run, or one prompt both ways. */
export type Needed = 'costs' | 'run' | 'both-ways';

/** A sentence with this device's figure, or what it needs. */
export type OwnFigure = { readonly text: string } | { readonly needs: Needed };

export function ownFigure(figure: MeasuredFigure, known: Known): OwnFigure {
  return FIGURES[figure](known);
}

const FIGURES: Readonly<Record<MeasuredFigure, (known: Known) => OwnFigure>> = {
  pays: ({ costs, context, speculative }) => withCosts(costs, (known) => paysWords(known, context, speculative)),
  'break-even': ({ costs, context }) => withCosts(costs, (known) => words.breakEven(GAMMA, breakEven(known, GAMMA, context))),
  verification: ({ costs, context }) => withCosts(costs, (known) => words.verification(GAMMA + 1, verifyRatio(known, GAMMA, context))),
  'draft-step': ({ costs, context }) => withCosts(costs, (known) => words.draftStep(costRatio(known, context))),
  'draft-length': ({ costs, context, speculative }) =>
    withCosts(costs, (known) => {
      const rate = speculative && tally(speculative).acceptanceRate;
      if (rate === null) return null;
      const best = bestGamma(known, rate, context, LIMITS.gamma.max);
      return words.draftLength(rate, best, predictedSpeedup(known, rate, best, context));
    }),
  acceptance: ({ speculative }) =>
    ofRun(speculative, ({ acceptanceRate, accepted, rejected, meanAcceptanceLength }) =>
      acceptanceRate === null ? null : words.acceptance(acceptanceRate, accepted + rejected, meanAcceptanceLength ?? 1),
    ),
  'cost-per-token': ({ costs, context, speculative }) =>
    withCosts(costs, (known) => {
      const rate = speculative && tally(speculative).tokensPerSecond;
      return rate ? words.costPerToken(1000 / rate, roundMs(known, 0, context)) : null;
    }),
  memory: ({ memory }) =>
    memory
      ? { text: words.memory(memory.draft.weights + memory.draft.cache, memory.target.weights + memory.target.cache) }
      : { needs: 'run' },
  speed: (known) =>
    ofBoth(known, ({ speedup, tokensPerSecond }) =>
      speedup.decoding === null ? null : words.speed(speedup.decoding, tokensPerSecond.speculative, tokensPerSecond.plain),
    ),
  'first-token': ({ speculative, plain, ...rest }) =>
    ofBoth({ speculative, plain, ...rest }, () =>
      words.firstToken(tally(speculative ?? []).timeToFirstTokenMs, tally(plain ?? []).timeToFirstTokenMs),
    ),
  'same-output': (known) => ofBoth(known, ({ output, alike }) => words.sameOutput(output, alike)),
};

function paysWords(costs: Calibration, context: number, speculative: readonly RunEvent[] | null): string {
  const rates: Rates = speculative ? runRates(speculative).model : [];
  const rate = speculative && tally(speculative).acceptanceRate;
  if (rate === null || (typeof rates !== 'number' && rates.length === 0)) return words.ceiling(adviceOf(costs, 1, context).ceiling);
  return words.pays(adviceOf(costs, rates, context), rate);
}

function withCosts(costs: Calibration | null, say: (costs: Calibration) => string | null): OwnFigure {
  if (!costs) return { needs: 'costs' };
  const text = say(costs);
  return text === null ? { needs: 'run' } : { text };
}

function ofRun(events: readonly RunEvent[] | null, say: (of: ReturnType<typeof tally>) => string | null): OwnFigure {
  const text = events && say(tally(events));
  return text === null ? { needs: 'run' } : { text };
}

function ofBoth({ speculative, plain }: Known, say: (of: NonNullable<ReturnType<typeof compareRuns>>) => string | null): OwnFigure {
  const compared = speculative && plain && compareRuns(speculative, plain);
  const text = compared && say(compared);
  return text ? { text } : { needs: 'both-ways' };
}

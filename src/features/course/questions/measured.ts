import { verifyRatio } from '../../../core/cost/cost';
import { type CostFigures, EXAMPLE, type RunFigures } from '../../../core/cost/figures';
import { compareRuns } from '../../../core/run/comparison';
import { tally } from '../../../core/run/tally';
import type { PairMemory, RunEvent } from '../../../core/types';
import type { MeasuredFigure } from '../../../lessons/questions';
import { questions as words } from '../../../ui/texts/questions';

/** What is known on this device: its costs, and the learner's own last runs. null: not measured yet. */
export interface KnownFigures {
  /** Of the last speculative run; of the device alone without such a run. */
  readonly figures: RunFigures;
  readonly speculative: readonly RunEvent[] | null;
  readonly plain: readonly RunEvent[] | null;
  readonly memory: PairMemory | null;
}

/** What has to be measured before a figure can be given: the device, a speculative run, or one prompt both ways. */
export type Needed = 'costs' | 'run' | 'both-ways';

/** A sentence with this device's figure, or what it needs. */
export type OwnFigure = { readonly text: string } | { readonly needs: Needed };

export function ownFigure(figure: MeasuredFigure, known: KnownFigures): OwnFigure {
  return FIGURES[figure](known);
}

const FIGURES: Readonly<Record<MeasuredFigure, (known: KnownFigures) => OwnFigure>> = {
  pays: ({ figures }) =>
    withCosts(figures, ({ advice }, rate) => (rate === null ? words.ceiling(advice.ceiling) : words.pays(advice, rate))),
  'break-even': ({ figures }) => withCosts(figures, ({ gamma, breakEven }) => words.breakEven(gamma, breakEven)),
  verification: ({ figures }) =>
    withCosts(figures, ({ costs, context }) => words.verification(EXAMPLE.gamma + 1, verifyRatio(costs, EXAMPLE.gamma, context))),
  'draft-step': ({ figures }) => withCosts(figures, ({ price }) => words.draftStep(price.draft)),
  'draft-length': ({ figures }) =>
    withCosts(figures, ({ advice: { best } }, rate) => (rate === null ? null : words.draftLength(rate, best))),
  acceptance: ({ figures: { counts } }) => {
    const { acceptanceRate, accepted, rejected, meanAcceptanceLength } = counts;
    return acceptanceRate === null
      ? { needs: 'run' }
      : { text: words.acceptance(acceptanceRate, accepted + rejected, meanAcceptanceLength ?? 1) };
  },
  'cost-per-token': ({ figures }) =>
    withCosts(figures, ({ decodeMs, price }) => {
      const rate = figures.counts.tokensPerSecond;
      return rate ? words.costPerToken(1000 / rate, price.plain * decodeMs) : null;
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

/** @param say of the device's figures and the run's acceptance rate, null if nothing was judged; null if it needs a run */
function withCosts({ here, rates, counts }: RunFigures, say: (figures: CostFigures, rate: number | null) => string | null): OwnFigure {
  if (!here) return { needs: 'costs' };
  const text = say(here, rates === null ? null : counts.acceptanceRate);
  return text === null ? { needs: 'run' } : { text };
}

function ofBoth({ speculative, plain }: KnownFigures, say: (of: NonNullable<ReturnType<typeof compareRuns>>) => string | null): OwnFigure {
  const compared = speculative && plain && compareRuns(speculative, plain);
  const text = compared && say(compared);
  return text ? { text } : { needs: 'both-ways' };
}

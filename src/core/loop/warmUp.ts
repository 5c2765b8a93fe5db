import { DEFAULT_RUN } from '../settings';
import { type DraftModel, LIMITS, type Proposal, type RunSettings, type StopSignal, type Target, type TokenId } from '../types';
import { keptTokens, noteCached, restore } from './cached';
import { proposalOf } from './proposal';

/** A run of the page's with default settings. */
export const WARM_UP: RunSettings = { ...DEFAULT_RUN, candidates: true };

/** Draft lengths by their use: one row, what a first run begins with, and what it comes to; around the sizes of the kernels' tiles. */
const GAMMAS: readonly number[] = [0, 4, 8, 2, 16, 7, 6, 3, 12];

/** Milliseconds after which no further round begins, and of a round that shows a device on which a second one would take too long. */
const BOUNDS = { all: 1000, round: 250 } as const;

export interface WarmUpSetup {
  /** Milliseconds from any fixed moment, never going back. */
  readonly clock: () => number;
  readonly signal: StopSignal;
}

/**
 * Makes a pair's first run as fast as its later ones, by rounds of several lengths whose tokens nobody sees: what the engine and the device compile and
 * allocate for the first round of a kind is then there. It ends after the round under way when `signal` aborts, after about a second, and on a slow
 * device after its first rounds. Both caches hold afterwards what they held before; where there is no room behind that, nothing is done.
 */
export async function warmUp(drafter: DraftModel | null, target: Target, { clock, signal }: WarmUpSetup): Promise<void> {
  const models = drafter ? [drafter.model, target] : [target];
  const context = Math.min(...models.map(({ capabilities }) => capabilities.contextLength));
  const kept = keptTokens(drafter?.model ?? null, target, context - LIMITS.gamma.max - 1);
  if (kept.lengths.some(([model, length]) => model.cachedLength !== length)) return;
  const history: readonly TokenId[] = [...kept.base, 0];
  const propose = async (gamma: number): Promise<Proposal | null> => {
    if (drafter) return drafter.propose(history, { model: gamma, ngram: 0 });
    return proposalOf('ngram', new Array<TokenId>(gamma).fill(0));
  };
  const start = clock();
  try {
    for (const model of models) await model.begin(WARM_UP, history.length);
    await target.prefill(kept.base, signal);
    for (const gamma of GAMMAS) {
      const begun = clock();
      if (signal.aborted || begun - start >= BOUNDS.all) return;
      await target.verify(history, gamma > 0 ? await propose(gamma) : null);
      for (const model of models) model.truncate(history.length - 1);
      if (clock() - begun > BOUNDS.round) return;
    }
  } catch (error) {
    for (const model of models) noteCached(model, null);
    throw error;
  } finally {
    restore(kept);
  }
}

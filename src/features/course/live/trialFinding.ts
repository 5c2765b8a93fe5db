import { compareRuns } from '../../../core/run/comparison';
import { tally } from '../../../core/run/tally';
import type { RunEvent } from '../../../core/types';
import { trials as words } from '../../../ui/texts/live';

/** A run of a small experiment, and the one that it is compared with. */
export interface Outcome {
  readonly name: string;
  readonly plain: boolean;
  readonly events: readonly RunEvent[];
  readonly reference: readonly RunEvent[];
}

/** What the runs came to, in sentences: rates in their order, the fastest, whether the outputs are the same; of plain runs alone their spread. */
export function trialFinding(outcomes: readonly Outcome[]): string {
  const drafted = outcomes.filter(({ plain }) => !plain);
  if (drafted.length === 0) {
    const speeds = outcomes.flatMap(({ events }) => tally(events).tokensPerSecond ?? []);
    return speeds.length > 1 ? words.spread(Math.min(...speeds), Math.max(...speeds)) : '';
  }
  const rates = drafted.flatMap(({ name, events }) => {
    const alpha = tally(events).acceptanceRate;
    return alpha === null ? [] : [{ name, alpha }];
  });
  const speeds = drafted.flatMap(({ name, events, reference }) => {
    const [own, plain] = [tally(events).tokensPerSecond, tally(reference).tokensPerSecond];
    return own === null || plain === null ? [] : [{ name, speed: own / plain }];
  });
  const compared = drafted.flatMap(({ events, reference }) => compareRuns(events, reference) ?? []);
  const [fastest] = speeds.sort((a, b) => b.speed - a.speed);
  return [
    rates.length > 0 ? words.rates(rates.sort((a, b) => b.alpha - a.alpha)) : '',
    fastest ? words.fastest(fastest.name, fastest.speed) : '',
    compared.length > 0 ? words.sameIds(compared.filter(({ output }) => output === 'identical').length, compared.length) : '',
  ].join(' ');
}

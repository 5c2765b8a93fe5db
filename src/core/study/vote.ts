import { answerOf } from './quality';
import { type MeasuredPair, textOf } from './worksheet';

export type Side = 'speculative' | 'plain';

/** Two answers to one question without their labels. */
export interface Ballot {
  /** Of the pair, among all pairs of the experiment. */
  readonly key: string;
  readonly prompt: string;
  readonly answers: readonly [string, string];
  /** Whose the answers are; not to be shown before the vote. */
  readonly sides: readonly [Side, Side];
}

/** What a person said of a ballot: the first or second answer is better, or neither. */
export type Choice = 0 | 1 | 'neither';

export interface Tallies {
  readonly speculative: number;
  readonly plain: number;
  readonly neither: number;
}

/** A ballot for every pair whose answers differ: of two that are the same there is nothing to choose. */
export function ballotsOf(pairs: readonly MeasuredPair[]): Ballot[] {
  return pairs.flatMap(({ speculative, plain }) => {
    const answers = { speculative: answerText(speculative.events), plain: answerText(plain.events) };
    if (answers.speculative === answers.plain) return [];
    const { index, prompt, settings } = speculative.planned;
    const sides: readonly [Side, Side] = isSwapped(index, Number(settings.sampling.seed))
      ? ['plain', 'speculative']
      : ['speculative', 'plain'];
    return [{ key: `${plain.planned.index}/${index}`, prompt, sides, answers: [answers[sides[0]], answers[sides[1]]] }];
  });
}

/** What votes come to, with every label put back. */
export function talliesOf(ballots: readonly Ballot[], votes: Readonly<Record<string, Choice>>): Tallies {
  const tallies = { speculative: 0, plain: 0, neither: 0 };
  for (const { key, sides } of ballots) {
    const choice = votes[key];
    if (choice !== undefined) tallies[choice === 'neither' ? 'neither' : sides[choice]]++;
  }
  return tallies;
}

function answerText(events: Parameters<typeof textOf>[0]): string {
  return answerOf(textOf(events)).answer.trim();
}

/** Which answer comes first: pseudorandom, and the same in each render (murmur3's finaliser). */
function isSwapped(index: number, seed: number): boolean {
  let h = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) & 1) === 1;
}

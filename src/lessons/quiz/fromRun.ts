import { breakEven, type Calibration } from '../../core/cost/cost';
import { tally } from '../../core/run/tally';
import { COMMITTED_VERDICTS, type RoundEvent, type RunEvent } from '../../core/types';
import { textBefore } from '../inWords';
import type { Question } from './question';

/** Wording of the questions about a run. Figures are plain numbers; the wording formats them. */
export interface RunWords {
  readonly alpha: {
    ask(accepted: number, rejected: number, discarded: number): string;
    explain(accepted: number, judged: number, alpha: number): string;
  };
  readonly length: { ask(committed: number, passes: number): string; explain(length: number): string };
  readonly rejected: { ask: string; given(committed: string): string; explain(kept: number, discarded: number): string };
  readonly bonus: { ask: string; given(drafted: string): string; explain(drafts: number): string };
  readonly added: {
    ask(drafted: number, place: number): string;
    given(before: string, drafts: string): string;
    explain(kept: number): string;
  };
  readonly pays: {
    ask(alpha: number, even: number | null, gamma: number): string;
    readonly options: readonly [string, string];
    explain(pays: boolean): string;
  };
  readonly percent: string;
  readonly tokens: string;
}

/** Tokens in the cache and draft length that a question about break-even is for. */
const EXAMPLE = { context: 64, gamma: 4 } as const;
/** Letters of the text before a round that its tokens are shown with. */
const BEFORE = 70;

/**
 * Questions about a run: its figures, and tokens to be marked in it. Only those that the run has something for.
 *
 * @param events of a speculative run
 * @param costs of the device, null if they were not measured
 */
export function runQuestions(events: readonly RunEvent[], costs: Calibration | null, words: RunWords): Question[] {
  const { accepted, rejected, discarded, acceptanceRate, committed, meanAcceptanceLength, ...counted } = tally(events);
  const passes = counted.passes - counted.passesPastEnd;
  const all = events.filter((event): event is RoundEvent => event.type === 'round');
  // Rounds after some words before others: a token is read in its words.
  const inWords = all.filter((round) => textBefore(events, round, BEFORE).length >= BEFORE / 2);
  const ordered = [...inWords, ...all];
  const rejections = ordered.filter(({ tokens }) => hasVerdict(tokens, 'rejected') && hasVerdict(tokens, 'corrected'));
  const fell = rejections.find((round) => inWords.includes(round) && round.tokens[0]?.verdict === 'accepted') ?? rejections[0];
  const kept = ordered.find(({ tokens }) => tokens.length > 2 && hasVerdict(tokens, 'bonus'));
  const questions: Question[] = [];
  if (acceptanceRate !== null && rejected > 0) {
    questions.push({
      ...asked(
        'run-alpha',
        'acceptance',
        words.alpha.ask(accepted, rejected, discarded),
        words.alpha.explain(accepted, accepted + rejected, acceptanceRate),
      ),
      ...{ form: 'number', value: 100 * acceptanceRate, tolerance: 1, unit: words.percent },
    });
  }
  if (meanAcceptanceLength !== null && committed > passes) {
    questions.push({
      ...asked('run-length', 'acceptance', words.length.ask(committed, passes), words.length.explain(meanAcceptanceLength)),
      ...{ form: 'number', value: meanAcceptanceLength, tolerance: 0.06, unit: words.tokens },
    });
  }
  if (fell) questions.push(...aboutRejection(fell, textBefore(events, fell, BEFORE), words));
  if (kept) {
    const { tokens } = kept;
    questions.push({
      ...asked('run-bonus', 'one-round', words.bonus.ask, words.bonus.explain(tokens.length - 1)),
      given: words.bonus.given(textOf(tokens.slice(0, -1))),
      ...{ form: 'mark', before: textBefore(events, kept, BEFORE), tokens: tokens.map(({ text }) => text), right: [tokens.length - 1] },
    });
  }
  if (costs && acceptanceRate !== null) {
    const even = breakEven(costs, EXAMPLE.gamma, EXAMPLE.context);
    const pays = even !== null && acceptanceRate > even;
    questions.push({
      ...asked('run-pays', 'acceptance', words.pays.ask(acceptanceRate, even, EXAMPLE.gamma), words.pays.explain(pays)),
      ...{ form: 'single', options: words.pays.options, right: pays ? 0 : 1 },
    });
  }
  return questions;
}

function aboutRejection({ tokens }: RoundEvent, before: string, words: RunWords): Question[] {
  const drafts = tokens.filter(({ verdict }) => verdict === 'accepted' || verdict === 'rejected' || verdict === 'discarded');
  const place = drafts.findIndex(({ verdict }) => verdict === 'rejected');
  const committed = textOf(tokens.filter(({ verdict }) => COMMITTED_VERDICTS.has(verdict)));
  return [
    {
      ...asked('run-rejected', 'one-round', words.rejected.ask, words.rejected.explain(place, drafts.length - place - 1)),
      given: words.rejected.given(committed),
      ...{ form: 'mark', before, tokens: drafts.map(({ text }) => text), right: [place] },
    },
    {
      ...asked('run-added', 'one-round', words.added.ask(drafts.length, place + 1), words.added.explain(place)),
      given: words.added.given(before, textOf(drafts)),
      ...{ form: 'number', value: place + 1, tolerance: 0, unit: words.tokens },
    },
  ];
}

function asked(id: string, lesson: string, ask: string, explanation: string) {
  return { id, lesson, ask, given: null, explanation };
}

function hasVerdict(tokens: RoundEvent['tokens'], wanted: RoundEvent['tokens'][number]['verdict']): boolean {
  return tokens.some(({ verdict }) => verdict === wanted);
}

function textOf(tokens: RoundEvent['tokens']): string {
  return tokens.map(({ text }) => text).join('');
}

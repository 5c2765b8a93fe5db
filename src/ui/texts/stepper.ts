import type { Line } from '../../core/run/steps';
import type { RunToken, Verdict } from '../../core/types';
import { visibleText } from '../visibleText';

type Rule = 'greedy' | 'rejection' | 'coupled';

const lines: Record<Line, string> = {
  draft: 'Draft some tokens',
  verify: 'One target pass over all of them',
  judge: 'Keep each while it passes the test',
  correct: 'Replace the first rejected token',
  extra: 'All kept? One more, free',
  forget: 'Remove rejected tokens from both caches',
};

const formulas: Record<Rule, Record<Line, string>> = {
  rejection: {
    draft: 'd₁ … dγ ~ q',
    verify: 'p₁ … pγ₊₁',
    judge: 'u < min(1, p(d) / q(d))',
    correct: 'x ~ norm(max(0, p − q))',
    extra: 'x ~ pγ₊₁',
    forget: 'keep d₁ … dₙ',
  },
  coupled: {
    draft: 'd = argmax(log q + g)',
    verify: 'p₁ … pγ₊₁',
    judge: 'd = argmax(log p + g), the same noise g',
    correct: 'x = argmax(log p + g)',
    extra: 'x = argmax(log pγ₊₁ + g)',
    forget: 'keep d₁ … dₙ',
  },
  greedy: {
    draft: 'd = argmax q',
    verify: 'p₁ … pγ₊₁',
    judge: 'd = argmax p',
    correct: 'x = argmax p',
    extra: 'x = argmax pγ₊₁',
    forget: 'keep d₁ … dₙ',
  },
};

const origins: Record<'corrected' | 'bonus' | 'plain' | 'discarded', (rule: Rule) => string> = {
  corrected: (rule) =>
    rule === 'rejection'
      ? 'Drawn from what p has left when q is subtracted. Together with the tests before it, every token appears exactly as often as from the target alone.'
      : 'The target’s own token, in place of the draft’s.',
  bonus: () => 'The same pass also gave the target’s probabilities after the last draft: one more token, without another pass.',
  plain: () => 'The target’s own token; nothing was drafted in this round.',
  discarded: () => 'Never judged: it came after a rejected token, or past the end of the answer.',
};

export const stepper = {
  heading: 'The run, step by step',
  empty: 'There is no run to step through yet. Ask something above.',
  algorithm: 'The algorithm',
  columns: 'The round’s positions',
  noContext: 'The answer begins here.',
  noDraft: 'Nothing was drafted in this round: the pass gives only the target’s own next token.',
  lines,
  formulas,
  drafted: { ngram: 'd₁ … dγ: what followed before', person: 'd₁ … dγ: what was typed' },
  position: (number: string) => `position ${number}`,
  noText: '(no text)',
  q: 'Draft q',
  pAndQ: 'Target p above draft q',
  test: (chance: string, draw: string, accepted: boolean) =>
    `Chance to stay ${chance}, draw ${draw}: ${accepted ? 'accepted' : 'rejected'}.`,
  match: (rule: Rule, accepted: boolean) =>
    rule === 'coupled'
      ? `The target, under the same noise, takes ${accepted ? 'the same token: accepted' : 'another token: rejected'}.`
      : `${accepted ? 'Also the target’s most likely token: accepted' : 'Not the target’s most likely token: rejected'}.`,
  origin: (verdict: Exclude<Verdict, 'accepted' | 'rejected'>, rule: Rule) => origins[verdict](rule),
  place: (round: string, rounds: string, step: string, steps: string) => `Round ${round} of ${rounds}, step ${step} of ${steps}`,
  /** What a step does, in a sentence. `goesOn`: plain tokens of the same round come after it. */
  does: (line: Line, token: RunToken | null, { drafted, goesOn }: { readonly drafted: boolean; readonly goesOn: boolean }) => {
    const quoted = token ? `“${visibleText(token.text.trim() || token.text) || '…'}”` : '';
    switch (line) {
      case 'draft':
        return `The draft proposes ${quoted}.`;
      case 'verify':
        return drafted ? 'The target reads the whole draft in one pass.' : 'The target makes a pass, with nothing drafted.';
      case 'judge':
        return `${quoted} is ${token?.verdict === 'accepted' ? 'accepted' : 'rejected'}.`;
      case 'correct':
        return `The target puts ${quoted} in its place.`;
      case 'extra':
        return `The target adds ${quoted}${goesOn ? ', which goes into its next pass before anything is read back' : ''}.`;
      case 'forget':
        return 'Rejected tokens are removed from both caches.';
    }
  },
};

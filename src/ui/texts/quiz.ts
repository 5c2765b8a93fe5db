import type { RunWords } from '../../lessons/quiz/fromRun';
import { formatCount, formatRatio, formatShare, plural } from '../format';

export const quiz = {
  heading: 'Quiz',
  intro:
    'Ten questions in five forms, different in every round. Each answer is explained, right or wrong. Some are about a run: your own last speculative run, or a recorded one if you have none.',
  begin: 'Begin',
  again: 'Another ten',
  leave: 'Leave the quiz',
  place: (at: number, all: number) => `Question ${formatCount(at)} of ${formatCount(all)}`,
  fromOwn: 'about your own last run',
  fromRecorded: 'about a recorded run',
  forms: {
    single: 'Choose one.',
    multiple: 'Choose all that are right.',
    order: 'Move the steps into their order.',
    number: 'Give a number.',
    mark: 'Mark in the run.',
  },
  options: 'Answers',
  steps: 'Steps, in your order',
  up: (step: string) => `Up: ${step}`,
  down: (step: string) => `Down: ${step}`,
  tokens: 'Tokens',
  number: 'Your answer',
  noNumber: 'This is not a number.',
  check: 'Check',
  next: 'Next question',
  finish: 'To the result',
  right: 'Right.',
  wrong: 'Not right.',
  solution: 'The answer',
  inWords: (token: string, before: string) => `${token}, after “${before}”`,
  revise: (title: string) => `Read again: ${title}`,
  noText: '(no text)',
  score: (right: number, all: number) => `${formatCount(right)} of ${formatCount(all)} right`,
  scoreShare: (right: number, all: number) => formatShare(all > 0 ? right / all : null),
  missed: 'To look at again',
  noneMissed: 'Nothing was missed.',
  history: 'Your attempts',
  historyColumns: ['When', 'Right', 'Share'],
  noHistory: 'No quiz has been finished yet.',
};

const when = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
export const formatWhen = (time: number) => when.format(time);

export const runWords: RunWords = {
  percent: '%',
  tokens: 'tokens',
  alpha: {
    ask: (accepted, rejected, discarded) =>
      `In this run ${plural(accepted, 'draft was', 'drafts were')} accepted, ${formatCount(rejected)} rejected and ${formatCount(discarded)} discarded. What was the acceptance rate α, in percent?`,
    explain: (accepted, judged, alpha) =>
      `Of ${formatCount(judged)} judged drafts ${formatCount(accepted)} were accepted: ${formatShare(alpha)}. The discarded ones were never judged and do not count.`,
  },
  length: {
    ask: (committed, passes) =>
      `This run committed ${plural(committed, 'token')} in ${plural(passes, 'target pass', 'target passes')}. What is its mean acceptance length?`,
    explain: (length) =>
      `Mean acceptance length is committed tokens per target pass, the target’s own included: ${formatRatio(length)}. Plain decoding has 1.`,
  },
  rejected: {
    ask: 'In a round of this run the draft went on with these tokens. Mark the one that the target rejected.',
    given: (committed) => `The round committed: “${committed.trim()}”`,
    explain: (kept, discarded) =>
      `Compare from the left. ${kept === 0 ? 'Nothing' : plural(kept, 'draft')} stands in the text unchanged; the first that does not is the rejected one, and the target’s corrected token stands in its place.${
        discarded > 0 ? ` ${plural(discarded, 'draft')} after it ${discarded === 1 ? 'was' : 'were'} discarded.` : ''
      }`,
  },
  bonus: {
    ask: 'A round of this run went on with these tokens. Mark the bonus token.',
    given: (drafted) => `The draft had proposed: “${drafted.trim()}”`,
    explain: (drafts) =>
      `All ${formatCount(drafts)} drafts were accepted. The one that was not drafted is the target’s bonus, from the same pass.`,
  },
  added: {
    ask: (drafted, place) =>
      `In a round of this run ${plural(drafted, 'token was', 'tokens were')} drafted and number ${formatCount(place)} was rejected. How many tokens did the round add to the text?`,
    given: (before, drafts) => `After “${before}” the draft proposed: “${drafts.trim()}”`,
    explain: (kept) => `${plural(kept, 'accepted draft')}, and the corrected token: ${formatCount(kept + 1)}.`,
  },
  pays: {
    ask: (alpha, even, gamma) =>
      `In this run α was ${formatShare(alpha)}. On this device break-even at γ = ${formatCount(gamma)} is ${even === null ? 'out of reach, even at α = 1' : `at α = ${formatShare(even)}`}. By these costs, what do you expect of such a run at that length?`,
    options: ['It is faster than plain decoding.', 'It is slower than plain decoding.'],
    explain: (pays) =>
      pays
        ? 'The rate lies above break-even, so a round’s tokens are worth more than a round costs. It is a prediction: measure it.'
        : 'The rate does not lie above break-even, so a round costs more than its tokens are worth. It is a prediction: measure it.',
  },
};

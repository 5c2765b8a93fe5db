import type { Score } from '../../core/modes/beTheDraft';
import type { RunSettings } from '../../core/types';
import { formatCount, formatSeconds, formatShare } from '../format';

const of = (accepted: number, judged: number) => `${formatCount(accepted)} of ${formatCount(judged)}`;
const team = (number: number) => `Team ${formatCount(number)}`;

export const beTheDraft = {
  heading: 'Be the draft',
  intro:
    'You take the draft model’s place: type the words that you think come next, and the target judges them token by token in one pass, by its own probabilities. The draft model plays the same prompt first, out of sight; its acceptance then appears next to yours.',
  teams: 'Teams',
  team,
  settings: 'Settings',
  board: 'The text so far, and your draft',
  text: 'Text so far',
  field: (who: string | null) => (who ? `${who}: what comes next?` : 'What comes next?'),
  hint: (most: number) =>
    `Up to ${formatCount(most)} ${most === 1 ? 'token' : 'tokens'}. Enter submits them, Shift+Enter starts a new line. The leading space counts: delete it to finish a word.`,
  hintIdle: 'Type a few words and press Enter; Pass lets the target write one token.',
  phases: {
    idle: '',
    model: 'The draft model goes first, out of sight …',
    asking: 'Your turn.',
    judging: 'The target is at work …',
  },
  verdict: (number: number, accepted: number, drafted: number, own: string) =>
    drafted === 0
      ? `Round ${formatCount(number)}: passed. The target wrote ${own}.`
      : accepted === drafted
        ? `Round ${formatCount(number)}: all ${formatCount(drafted)} accepted${own === '' ? '' : `, and ${own} on top`}.`
        : `Round ${formatCount(number)}: ${of(accepted, drafted)} drafted tokens accepted${own === '' ? '' : `; the target wrote ${own} instead`}.`,
  unread: (number: number, typed: string, own: string) =>
    `Round ${formatCount(number)}: nothing of “${typed}” is in the models’ vocabulary. The target wrote ${own}.`,
  cut: (count: number) =>
    count === 1 ? 'Only the first token could be judged.' : `Only the first ${formatCount(count)} tokens could be judged.`,
  thoughts: 'What the target thought',
  thoughtsEmpty: 'After each round: what you typed, the target’s probability of it, and what it would have written.',
  p: (value: string) => (value.startsWith('<') ? `p ${value}` : `p = ${value}`),
  verdicts: {
    accepted: 'Accepted',
    rejected: 'Rejected',
    discarded: 'Discarded: never judged',
    corrected: 'Corrected: the target’s own',
    bonus: 'Bonus: the target’s own',
    plain: 'The target’s own',
  },
  score: 'Score',
  you: 'You',
  room: 'All teams',
  model: 'Draft model',
  accepted: ({ accepted, judged }: Score) => `${of(accepted, judged)} judged accepted`,
  alpha: (rate: number | null) => (rate === null ? 'nothing judged yet' : `α ${formatShare(rate)}`),
  saved: ({ saved, passes, committed }: Score) =>
    `${formatCount(saved)} ${saved === 1 ? 'pass' : 'passes'} saved: ${formatCount(committed)} ${committed === 1 ? 'token' : 'tokens'} in ${formatCount(passes)}`,
  stretch: 'On the part of the text that you have reached.',
  stretchSame: 'On the same part of the same text.',
  modelWhole: (rate: number | null, gamma: RunSettings['gamma'] | undefined) =>
    `The draft model over its whole answer${typeof gamma === 'number' ? `, γ ${formatCount(gamma)}` : ''}: ${rate === null ? 'nothing judged' : `α ${formatShare(rate)}`}.`,
  waited: (ms: number) =>
    `The target waited ${formatSeconds(ms)} for you. That wait is not part of the run, so there are no tokens per second.`,
  byTeam: 'By team',
  columns: { team: 'Team', accepted: 'Accepted', rate: 'α' },
  acceptedOf: of,
  result: (person: Score, model: Score) =>
    person.acceptanceRate === null || model.acceptanceRate === null
      ? ''
      : `You ${formatShare(person.acceptanceRate)} accepted, the draft model ${formatShare(model.acceptanceRate)}.`,
  over: {
    stop: 'The text is finished.',
    length: 'The text has reached its limit.',
    aborted: 'Stopped; the score stands.',
    failed: 'The run failed; the score stands.',
  },
};

import type { Kept } from '../../core/modes/conversation';
import { formatCount, formatRate, formatShare } from '../format';

const tokens = (count: number) => `${formatCount(count)} ${count === 1 ? 'token' : 'tokens'}`;

export const conversation = {
  heading: 'A conversation with the pair',
  intro: 'Each turn continues the ones before: both models keep what they have read in their caches. Each turn has its own acceptance.',
  own: 'Ask something to replace it with your own conversation.',
  question: 'Your turn',
  placeholder: 'Ask something; Enter sends it, Shift+Enter begins a line.',
  starters: 'To begin with',
  starterPrompts: ['What is speculative decoding?', 'Tell a short story about a fox who finds a bell.', 'Count from 1 to 30.'],
  anyPromptStarters: ['Why is the sky blue?', 'What is a good breakfast before a long walk?', 'Explain prime numbers to a child.'],
  turns: 'Turns',
  turn: (number: number) => `Turn ${formatCount(number)}`,
  answer: (number: number) => `Answer of turn ${formatCount(number)}`,
  step: 'Step by step',
  noAnswer: 'No answer.',
  stopped: 'Stopped; the text so far is part of the conversation.',
  failed: 'Failed; the text so far is part of the conversation.',
  cut: 'The context is full: the answer ends here.',
  leftOut: 'Left out: the models no longer see it.',
  acceptance: 'Acceptance rate α',
  perPass: 'Tokens per pass',
  rate: 'Tokens per second, decoding alone',
  kept: 'Prompt from the caches',
  keptNote: ({ prompt, reused }: Kept) =>
    reused === 0 ? `none of ${tokens(prompt)}: read again` : `${formatCount(reused)} of ${tokens(prompt)}`,
  trend: 'Acceptance by turn',
  trendOf: (number: number, rate: number | null) =>
    `Turn ${formatCount(number)}: ${rate === null ? 'no draft was judged' : `α ${formatShare(rate)}`}`,
  context: 'Context',
  contextUsed: (used: number, most: number) => `${formatCount(used)} of ${tokens(most)}`,
  full: 'The conversation no longer fits into the context of these models. Leave out its oldest turns, or begin a new one.',
  fullWithSystem:
    'The conversation no longer fits into the context of these models. Shorten the system message, leave out the oldest turns, or begin a new conversation.',
  system: 'System message',
  systemNote:
    'What the model is told before the first turn. It holds from your next turn on, for which the models read the conversation again. Empty: the model’s own.',
  settings: 'Settings',
  asking: (number: number) => `Answering turn ${formatCount(number)} …`,
  summary: (number: number, committed: number, alpha: number | null, rate: number | null) =>
    `Turn ${formatCount(number)}: ${tokens(committed)}${alpha === null ? '' : `, α ${formatShare(alpha)}`}${rate === null ? '' : `, ${formatRate(rate)} tokens per second decoding alone`}.`,
};

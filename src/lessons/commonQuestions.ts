/** Questions in words that the lessons do not use themselves, each with the place that answers it. */
export interface CommonQuestion {
  readonly ask: string;
  readonly lesson: string;
  /** null: before the lesson's first heading. */
  readonly section: string | null;
  /** How the answering sentence begins, where it is not the section's first. */
  readonly from?: string;
}

export const COMMON_QUESTIONS: readonly CommonQuestion[] = [
  {
    ask: 'What is speculative decoding? How does speculative decoding work?',
    lesson: 'premise',
    section: null,
    from: 'Speculative decoding is',
  },
  {
    ask: 'Why is decoding slow? Why are language models slow? What is the bottleneck?',
    lesson: 'why-slow',
    section: 'What the device does meanwhile',
  },
  { ask: 'Why does token 100 wait for token 99?', lesson: 'why-slow', section: null },
  {
    ask: 'Why can the target check several tokens at once? Why is verification cheap?',
    lesson: 'why-slow',
    section: 'What the device does meanwhile',
    from: 'That is easy',
  },
  { ask: 'How much faster is it? What speedup can I expect?', lesson: 'premise', section: 'What it does, and what it does not' },
  { ask: 'What happens when a draft is wrong? What happens at a rejection?', lesson: 'one-round', section: 'What just happened' },
  { ask: 'When is a token accepted? What is the acceptance test or rule?', lesson: 'one-round', section: null, from: 'Read it like this' },
  { ask: 'Does it change the output or the quality? Is the answer the same or worse?', lesson: 'lossless', section: null },
  {
    ask: 'Can it make the answer better? What can it not do?',
    lesson: 'premise',
    section: 'What it does, and what it does not',
    from: 'It cannot help',
  },
  { ask: 'Why the residual and not simply draw from p?', lesson: 'lossless', section: 'Why the residual' },
  {
    ask: 'What is the difference between acceptance rate and accepted over drafted?',
    lesson: 'acceptance',
    section: 'One draft, three lengths',
    from: 'Longer drafts',
  },
  {
    ask: 'Is a high acceptance rate a speedup?',
    lesson: 'acceptance',
    section: 'The price is yours, the rate is the pair’s',
    from: 'So: a high',
  },
  {
    ask: 'How do I choose gamma, the draft length? How many tokens should I draft?',
    lesson: 'choosing',
    section: 'The length: as long as it pays',
  },
  {
    ask: 'How do I choose a draft model? How big or small should the draft be? Which family?',
    lesson: 'choosing',
    section: 'The draft: neither too big nor too small',
  },
  { ask: 'Which texts gain most? Is it good for code, JSON or creative writing?', lesson: 'choosing', section: 'The text matters as much' },
  {
    ask: 'When should I not use it? When is it slower? When does it not pay or help?',
    lesson: 'when-not',
    section: 'What eats the win',
    from: 'Poor agreement',
  },
  {
    ask: 'Should I use a smaller or quantised model instead? Is quantisation better?',
    lesson: 'when-not',
    section: 'Is a smaller model the better answer?',
  },
  {
    ask: 'How much memory does it need or cost?',
    lesson: 'premise',
    section: 'What it does, and what it does not',
    from: 'It trades memory',
  },
  { ask: 'How do I set it up in vLLM or llama.cpp? What are the settings?', lesson: 'in-practice', section: null },
  { ask: 'Does the client or the API have to change?', lesson: 'in-practice', section: 'The client sees nothing' },
  {
    ask: 'How do I compare two endpoints honestly?',
    lesson: 'in-practice',
    section: 'Two endpoints, one question',
    from: 'An honest comparison',
  },
  { ask: 'How do I measure or test the speedup?', lesson: 'measuring', section: null, from: 'Warm up' },
  {
    ask: 'Does it help on a busy server with many users or a large batch?',
    lesson: 'many-requests',
    section: null,
    from: 'So the two compete',
  },
  { ask: 'Does it help with a long prompt or a long context?', lesson: 'long-context', section: null, from: 'Where does speculation' },
  { ask: 'Who invented speculative decoding? Who described it first?', lesson: 'premise', section: 'What it does, and what it does not' },
  { ask: 'May the draft be wrong? Does a bad draft harm?', lesson: 'lossless', section: null, from: 'Any draft model will do' },
  { ask: 'Does it work in a chat or a conversation?', lesson: 'in-practice', section: 'In conversation' },
  {
    ask: 'How many tokens does a round commit? How many tokens per round?',
    lesson: 'acceptance',
    section: 'One draft, three lengths',
    from: 'With an acceptance rate',
  },
  { ask: 'How long should the draft be?', lesson: 'choosing', section: 'The length: as long as it pays' },
];

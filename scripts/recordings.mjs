/** What `npm run traces` records: runs of every kind, in the order of their list. What is not named is as `DEFAULTS` of `record.mjs` has it. */
const STORY = 'Tell a short story about a fox who finds a bell.';
const JSON_RECORD = 'Turn this into JSON: Nora Berg is 34 years old, lives in Oslo and works as a baker.';
const COPY =
  'Rewrite this with the name changed from Tom to Anna: Tom took the red kite to the hill. On Sunday Tom walked to the harbour with a lamp. He gave the lamp to the baker.';

const FUNCTION = 'I need a TypeScript function that removes duplicates from a list. Document it.';
const QUESTION = 'What is speculative decoding?';

const fixed = (gamma) => ({ length: 'Fixed', gamma });
const sampled = (seed, rule = 'Rejection') => ({ temperature: 0.8, seed, rule });

/** It says itself what is seen, ends where its answer ends, and has a mark of every greedy verdict. */
export const OPENING = {
  name: 'opening',
  title: 'An explanation, as it was written',
  prompt: 'Explain speculative decoding.',
  ...fixed(4),
};

/** What lessons show before there are models. */
export const LESSONS = [
  {
    name: 'sampled',
    title: 'A story by the weak draft at temperature 1',
    prompt: STORY,
    draft: 1,
    ...fixed(4),
    temperature: 1,
    maxTokens: 44,
  },
];

export const RECORDINGS = [
  { name: 'story', title: 'A story', kind: 'story', how: 'greedy, four drafts a round', prompt: STORY, ...fixed(4) },
  { name: 'story-plain', title: 'The same story, plainly', kind: 'story', how: 'the target alone', prompt: STORY, mode: 'Plain decoding' },
  {
    name: 'story-sampled',
    title: 'A story by chance',
    kind: 'story',
    how: 'temperature 0.8, rejection rule, with candidates',
    prompt: STORY,
    ...fixed(4),
    ...sampled(7),
    maxTokens: 100,
  },
  {
    name: 'story-coupled',
    title: 'A story under shared noise',
    kind: 'story',
    how: 'temperature 0.8, coupled rule, with candidates',
    prompt: STORY,
    ...fixed(4),
    ...sampled(7, 'Coupled'),
    maxTokens: 100,
  },
  { name: 'json', title: 'A JSON record', kind: 'JSON', how: 'greedy, eight drafts a round', prompt: JSON_RECORD, ...fixed(8) },
  {
    name: 'function',
    title: 'A function',
    kind: 'code',
    how: 'greedy, adaptive draft length',
    prompt: FUNCTION,
  },
  {
    name: 'function-weak',
    title: 'The same function, with a weak draft',
    kind: 'code',
    how: 'greedy, four drafts a round by the weak draft',
    prompt: FUNCTION,
    draft: 1,
    ...fixed(4),
  },
  {
    name: 'counting',
    title: 'Counting to thirty',
    kind: 'counting',
    how: 'greedy, eight drafts a round',
    prompt: 'Count from 1 to 30.',
    ...fixed(8),
  },
  {
    name: 'copy',
    title: 'A copy with one change',
    kind: 'copy',
    how: 'greedy, looked up in the prompt, then by the model',
    prompt: COPY,
    drafting: 'N-gram, then model',
    ...fixed(8),
  },
  {
    name: 'question',
    title: 'What is speculative decoding?',
    kind: 'answer',
    how: 'greedy, adaptive draft length',
    prompt: QUESTION,
  },
  {
    name: 'question-weak',
    title: 'The same question, with a weak draft',
    kind: 'answer',
    how: 'greedy, four drafts a round by the weak draft',
    prompt: QUESTION,
    draft: 1,
    ...fixed(4),
  },
  {
    name: 'question-sampled',
    title: 'An answer by chance',
    kind: 'answer',
    how: 'temperature 0.8, weak draft, with candidates',
    prompt: 'What is a draft model?',
    draft: 1,
    ...fixed(3),
    ...sampled(3),
    maxTokens: 80,
  },
  {
    name: 'random-words',
    title: 'Random words',
    kind: 'hard',
    how: 'temperature 0.8, rejection rule, four drafts a round',
    prompt: 'Write 30 random words.',
    ...fixed(4),
    ...sampled(5),
    maxTokens: 80,
  },
  {
    name: 'random-numbers',
    title: 'Random numbers',
    kind: 'hard',
    how: 'greedy, adaptive draft length',
    prompt: 'Write 30 random numbers.',
    maxTokens: 100,
  },
];

/** Turns of one conversation, in the list as runs of their own: each goes on from the ones before. */
export const CONVERSATION = [
  'What is speculative decoding?',
  'What happens when a token is rejected?',
  'Tell a short story about a robot.',
].map((prompt, i) => ({
  name: `conversation-${i + 1}`,
  title: `A conversation, turn ${i + 1}`,
  kind: 'conversation',
  how: i === 0 ? 'greedy, four drafts a round' : 'greedy, four drafts a round, on from the turn before',
  prompt,
}));

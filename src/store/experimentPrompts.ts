import type { ExperimentPrompt } from '../core/experiment';

/** Prompts of every kind, in the phrasing that the embedded pair was trained on; those with a rule have answers that can be checked. */
export const EXPERIMENT_PROMPTS: readonly ExperimentPrompt[] = [
  { kind: 'story', prompt: 'Tell a short story about a fox who finds a bell.' },
  { kind: 'story', prompt: 'Tell me a story about an elephant and a pencil.' },
  { kind: 'json', prompt: 'Turn this into JSON: Nora Berg is 34 years old, lives in Oslo and works as a baker.' },
  { kind: 'json', prompt: 'Turn this into JSON: The exhibition is on Thursday at 19:30 in Perth.' },
  { kind: 'code', prompt: 'Write a Python function that adds two numbers.' },
  { kind: 'code', prompt: 'I need a TypeScript function that removes duplicates from a list. Document it.' },
  { kind: 'counting', prompt: 'Count from 1 to 20.' },
  { kind: 'counting', prompt: 'List the numbers from 124 to 254 in steps of 10.' },
  { kind: 'copy', prompt: 'Repeat after me: cedar saddle ivory bronze flint clover spiral' },
  {
    kind: 'copy',
    prompt:
      'Rewrite this with the name changed from Tom to Anna: Tom took the red kite to the hill. On Sunday Tom walked to the harbour with a lamp.',
  },
  { kind: 'answers', prompt: 'What is speculative decoding?' },
  { kind: 'answers', prompt: 'When is a token accepted?' },
  { kind: 'hard', prompt: 'Write 30 random words.' },
  { kind: 'hard', prompt: 'Write 21 random numbers.' },
];

import type { ExperimentPrompt } from '../../core/study/experiment';

/**
 * Prompts of every kind, in the phrasing that the embedded pair was trained on, whose answers are long enough to say something of rates and speeds;
 * those with a rule have answers that can be checked.
 */
export const EXPERIMENT_PROMPTS: readonly ExperimentPrompt[] = [
  { kind: 'story', prompt: 'Tell a short story about a fox who finds a bell.' },
  { kind: 'story', prompt: 'Tell me a story about an elephant and a pencil.' },
  { kind: 'json', prompt: 'Turn this into JSON: Nora Berg is 34 years old, lives in Oslo and works as a baker.' },
  { kind: 'json', prompt: 'Turn this into JSON: The exhibition is on Thursday at 19:30 in Perth.' },
  { kind: 'code', prompt: 'Write a TypeScript function that computes the average of a list of numbers. Add a comment.' },
  { kind: 'code', prompt: 'I need a TypeScript function that removes duplicates from a list. Document it.' },
  { kind: 'counting', prompt: 'Count from 1 to 20.' },
  { kind: 'counting', prompt: 'List the numbers from 124 to 254 in steps of 10.' },
  {
    kind: 'copy',
    prompt:
      'Rewrite with the name Karl instead of Susan: Susan put the lantern next to the canyon. She works as an actor in Madrid. The programmer asked Susan for clover and quartz.',
  },
  { kind: 'copy', prompt: 'Copy this: mist coral palm wood cookie jacket gate butter cabin rain sail slate smoke thread cold bolt' },
  { kind: 'answers', prompt: 'What is speculative decoding?' },
  { kind: 'answers', prompt: 'When is a token accepted?' },
  { kind: 'hard', prompt: 'Write 30 random words.' },
  { kind: 'hard', prompt: 'Write 21 random numbers.' },
];

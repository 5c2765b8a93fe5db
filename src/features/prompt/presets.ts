/** An example that fills the prompt box. */
export interface Preset {
  readonly label: string;
  readonly prompt: string;
  /** Little can be known of the next token, so a draft that knows less than the target is rejected often. */
  readonly hard: boolean;
}

/** In the phrasing that the embedded pair was trained on. */
export const PRESETS: readonly Preset[] = [
  { label: 'A story', prompt: 'Tell a short story about a fox who finds a bell.', hard: false },
  { label: 'A JSON record', prompt: 'Turn this into JSON: Nora Berg is 34 years old, lives in Oslo and works as a baker.', hard: false },
  { label: 'A function', prompt: 'Write a Python function that adds two numbers.', hard: false },
  { label: 'Counting', prompt: 'Count from 1 to 30.', hard: false },
  {
    label: 'A copy with one change',
    prompt:
      'Rewrite this with the name changed from Tom to Anna: Tom took the red kite to the hill. On Sunday Tom walked to the harbour with a lamp. He gave the lamp to the baker.',
    hard: false,
  },
  { label: 'A question', prompt: 'What is speculative decoding?', hard: false },
  { label: 'Random words', prompt: 'Write 30 random words.', hard: true },
  { label: 'Random numbers', prompt: 'Write 30 random numbers.', hard: true },
];

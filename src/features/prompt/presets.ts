/** An example that fills the prompt box. */
export interface Preset {
  readonly label: string;
  readonly prompt: string;
  /** The draft guesses badly here, whatever its size: the next token is not to be known. */
  readonly hard: boolean;
}

export const PRESETS: readonly Preset[] = [
  { label: 'A story', prompt: 'Tell a short story about a fox who finds a bell.', hard: false },
  { label: 'A JSON record', prompt: 'Write a JSON record for this sentence: Mia is 34 years old and lives in Oslo.', hard: false },
  { label: 'A function', prompt: 'Write a Python function that adds two numbers.', hard: false },
  { label: 'Counting', prompt: 'Count from 1 to 30.', hard: false },
  {
    label: 'A copy with one change',
    prompt: 'Copy this text, but change Tom to Anna: Tom has a red kite. Tom runs up the hill with the kite.',
    hard: false,
  },
  { label: 'A question', prompt: 'What is speculative decoding?', hard: false },
  { label: 'Random words', prompt: 'Write a list of random words.', hard: true },
  { label: 'Random numbers', prompt: 'Write a list of random numbers.', hard: true },
];

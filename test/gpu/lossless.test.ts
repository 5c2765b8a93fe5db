import { describe } from 'vitest';
import { testLossless } from './support/lossless';

const PROMPTS = [
  'Tell a short story about a fox who finds a bell.',
  'Write a JSON record for this sentence: Mia is 34 years old and lives in Oslo.',
  'Count from 1 to 30.',
];

describe('greedy speculation', () => testLossless(PROMPTS, 32, [1, 4, 16]));

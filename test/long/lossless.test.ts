import { describe } from 'vitest';
import { testLossless } from '../gpu/support/lossless';

const PROMPTS = [
  'Tell a short story about a fox who finds a bell.',
  'Tell a short story about a girl who builds a boat.',
  'Tell a short story about an old bear and a small bird.',
  'Write a JSON record for this sentence: Mia is 34 years old and lives in Oslo.',
  'Write a JSON record for this sentence: Omar is 51 years old and lives in Lima.',
  'Write a Python function that adds two numbers.',
  'Write a Python function that counts the words of a text.',
  'Write a Python function that finds the largest number of a list.',
  'Count from 1 to 30.',
  'Count down from 50 to 10.',
  'Copy this text, but change Tom to Anna: Tom has a red kite. Tom runs up the hill with the kite.',
  'Copy this text: The mill stands by the river, and the river never stops.',
  'What is speculative decoding?',
  'What is a draft model?',
  'Why is the sky blue?',
  'Write a list of random words.',
  'Write a list of random numbers.',
  'Quelle heure est-il à Genève ?',
  '你好，世界！ 🦊🦊🦊',
  'a',
];

describe('greedy speculation, at length', () => testLossless(PROMPTS, 128, [4, 16]));

import { describe, expect, it } from 'vitest';
import { whyStrange } from '../../src/features/prompt/familiar';
import { PRESETS } from '../../src/features/prompt/presets';
import { PAIR_QUESTIONS } from '../../src/lessons/pairQuestions';
import { FAMILIAR, UNFAMILIAR } from '../support/prompts';

const isFamiliar = (prompt: string) => whyStrange(prompt) === null;

describe('what the pair knows, told by the words of a prompt', () => {
  it('takes at most one in twenty held-out prompts of its kinds for strange', () => {
    const prompts = Object.values(FAMILIAR).flat();
    expect(prompts.length).toBeGreaterThanOrEqual(80);
    const strange = prompts.filter((prompt) => !isFamiliar(prompt));
    expect(strange.length / prompts.length, strange.join('\n')).toBeLessThanOrEqual(0.05);
  });

  it('takes at most one in ten everyday prompts for something that it knows', () => {
    expect(UNFAMILIAR.length).toBeGreaterThanOrEqual(40);
    const known = UNFAMILIAR.filter(isFamiliar);
    expect(known.length / UNFAMILIAR.length, known.join('\n')).toBeLessThanOrEqual(0.1);
  });

  it('knows every example of the page, and every question that the tutor lets it answer', () => {
    for (const prompt of [...PRESETS.map((preset) => preset.prompt), ...PAIR_QUESTIONS]) expect(isFamiliar(prompt), prompt).toBe(true);
  });

  it.each(['What is 15 + 23?', 'what is 4 + 6', '48 - 15 =', 'Calculate 7 x 8.', 'How much is ten plus three?'])(
    'knows the sum that it practised: %s',
    (prompt) => {
      expect(whyStrange(prompt)).toBeNull();
    },
  );

  it.each([
    ...[
      'Add 12 and 30.',
      'Add 2 and 3.',
      'What is the sum of 4 and 5?',
      'Subtract 3 from 10.',
      'multiply 4 by 6',
      'What is the difference between 9 and 4?',
    ],
    ...['12+30', 'What is 12+30?', 'What is 12 + 30?', 'What is 9 + 23?', 'What is 52 - 15?', 'Calculate 12 * 11.', '3 - 8', '250 + 250 ='],
    ...['5 - 5', '10 + 15', '5 + 12'],
  ])('says of a sum in other words, or of other numbers, that it is one: %s', (prompt) => {
    expect(whyStrange(prompt)).toBe('sum');
  });

  it.each([
    'What happened in 1914-1918?',
    'Solve the equation 3x + 5 = 20.',
    'What is 15 per cent of 80?',
    'Is a 10-12 hour flight bad for children?',
    'What is the difference between USB 2 and USB 3?',
    'How many times did France win between 1998 and 2018?',
    'Plan a trip: take 2 days in Rome and 3 in Florence.',
    'Add 2 and 3 eggs to the list.',
  ])('takes no other prompt with numbers for a sum: %s', (prompt) => {
    expect(whyStrange(prompt)).toBe('kind');
  });

  it.each(['take a total ', 'has 3 ', 'list ', 'change to ', 'say it '])('judges a long text at once: “%s” over and over', (words) => {
    const text = words.repeat(100_000 / words.length);
    const start = performance.now();
    whyStrange(text);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

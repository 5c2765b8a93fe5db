import { describe, expect, it } from 'vitest';
import { pairQuestion } from '../../src/lessons/pairQuestions';
import { Index } from '../../src/lessons/search';
import { PASSAGES, SOURCES } from '../../src/lessons/sources';
import { answer } from '../../src/lessons/tutor';

/** Where an answer stands, as lesson and section, or the term. */
function groundOf(question: string): string | null {
  const ground = answer(question)?.ground;
  if (!ground) return null;
  return ground.kind === 'term' ? ground.term.id : `${ground.passage.lesson}/${ground.passage.section ?? ''}`;
}

describe('the tutor', () => {
  it.each([
    ['What is speculative decoding?', 'premise/'],
    ['Why is decoding slow?', 'why-slow/What the device does meanwhile'],
    ['What happens at a rejection?', 'one-round/What just happened'],
    ['Does it change the output?', 'lossless/'],
    ['Why not just draw from p?', 'lossless/Why the residual'],
    ['How do I choose gamma?', 'choosing/The length: as long as it pays'],
    ['When should I not use it?', 'when-not/What eats the win'],
    ['Should I quantise instead?', 'when-not/Is a smaller model the better answer?'],
    ['How do I set it up in vLLM?', 'in-practice/'],
    ['Who invented speculative decoding?', 'premise/What it does, and what it does not'],
    ['What is the bonus token?', 'bonus'],
    ['roofline', 'roofline'],
    ['what does lossless mean', 'lossless'],
  ])('finds where the lessons answer "%s"', (question, ground) => {
    expect(groundOf(question)).toBe(ground);
  });

  it.each([
    'Who won the world cup?',
    'How do I bake bread?',
    'What is the capital of France?',
    'asdf qwer',
    'What is the weather?',
    'Tell me a joke',
    '',
    '?!',
    '<img src=x onerror=alert(1)>',
  ])('does not answer "%s", which the lessons do not', (question) => {
    expect(answer(question)).toBeNull();
  });

  it('answers in the lessons’ own words, briefly, by the passage that it names', () => {
    for (const question of [
      'Why is decoding slow?',
      'How much memory does it need?',
      'Does batching help?',
      'What happens at a rejection?',
    ]) {
      const found = answer(question);
      expect(found, question).not.toBeNull();
      if (found?.ground.kind !== 'passage') continue;
      expect(found.ground.passage.text).toContain(found.text);
      expect(PASSAGES).toContain(found.ground.passage);
      expect(SOURCES.has(found.ground.passage.lesson)).toBe(true);
      expect(found.text.length).toBeLessThan(420);
    }
  });
});

describe('the pair in the page', () => {
  it('is asked what it has learnt, in the words that it knows', () => {
    expect(pairQuestion('what is speculative decoding')).toBe('What is speculative decoding?');
    expect(pairQuestion('Why is decoding so slow?')).toBe('Why is decoding slow?');
  });

  it('is not asked anything else', () => {
    expect(pairQuestion('Who won the world cup?')).toBeNull();
    expect(pairQuestion('How do I set it up in vLLM?')).toBeNull();
  });
});

describe('the index', () => {
  const index = new Index([
    { heading: 'Birds', text: 'A bird sings in the morning.' },
    { heading: 'Fish', text: 'Fishes swim. A fish does not sing.' },
  ]);

  it('finds nothing for words that are nowhere, and weighs them against what it does find', () => {
    expect(index.find('quarks')).toEqual([]);
    const [hit] = index.find('singing quarks');
    expect(hit?.coverage).toBeLessThan(0.5);
  });

  it('joins the forms of a word and counts the heading', () => {
    expect(index.find('swimming fishes')[0]?.entry.heading).toBe('Fish');
    expect(index.find('birds')[0]?.entry.heading).toBe('Birds');
  });
});

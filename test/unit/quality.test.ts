import { describe, expect, it } from 'vitest';
import { answerOf, isBalanced, judgeAnswer, kindOf } from '../../src/core/study/quality';

const JSON_PROMPT = 'Turn this into JSON: Mia Berg is 34 years old, lives in Oslo and works as a baker.';

describe('an answer', () => {
  it('ends at the mark that ends a turn, whatever follows', () => {
    expect(answerOf('Yes.<|end|><|user|>More')).toEqual({ answer: 'Yes.', ended: true });
    expect(answerOf('Yes')).toEqual({ answer: 'Yes', ended: false });
    expect(answerOf('a <| b |> c')).toEqual({ answer: 'a <| b |> c', ended: false });
  });

  it('is not judged before it has ended, nor where nothing says what is right', () => {
    expect(judgeAnswer('counting', 'Count from 1 to 3.', '1, 2')).toBe('cut');
    expect(judgeAnswer('story', 'Tell a story.', 'Once.<|end|>')).toBeNull();
    expect(judgeAnswer('counting', 'Count sheep.', '1, 2<|end|>')).toBeNull();
    expect(judgeAnswer('counting', 'Count from 1 to 3.', '1, 2, 3', true)).toBe('right');
  });
});

describe.each([
  ['json', JSON_PROMPT, '{"name": "Mia Berg", "age": 34, "city": "Oslo", "works": true}', 'right'],
  ['json', JSON_PROMPT, '{"name": "Mara Berg", "age": 34}', 'wrong'],
  ['json', JSON_PROMPT, '{"name": "Mia Berg"}', 'wrong'],
  ['json', JSON_PROMPT, '{"name": "Mia Berg", "age": 34', 'wrong'],
  ['json', JSON_PROMPT, '[34]', 'wrong'],
  ['json', JSON_PROMPT, '{}', 'wrong'],
  ['code', 'Write a Python function that adds two numbers.', 'def add(a, b):\n    return a + b', 'right'],
  ['code', 'Write a Python function that adds two numbers.', 'def add(a, b):\nreturn a + b', 'wrong'],
  ['code', 'Write a Python function that adds two numbers.', 'def add(a, b:\n    return a + b', 'wrong'],
  ['code', 'A TypeScript function.', '/** Adds (both. */\nfunction add(a: number[]): number {\n  return [...a].length; // :-)\n}', 'right'],
  ['code', 'A function.', 'const add = (a, b) => ({ sum: a + b });', 'right'],
  ['code', 'A function.', 'add a and b', 'wrong'],
  ['counting', 'Count from 1 to 5.', '1, 2, 3, 4, 5', 'right'],
  ['counting', 'Count from 1 to 5.', '1, 2, 3, 4', 'wrong'],
  ['counting', 'Please count down from 20 to 5 by 5.', '20, 15, 10, 5', 'right'],
  ['counting', 'List the numbers from 124 to 150 in steps of 10.', '124, 134, 144', 'right'],
  ['copy', 'Repeat after me: cedar saddle', 'cedar saddle', 'right'],
  ['copy', 'Repeat after me: cedar saddle', 'cedar sadle', 'wrong'],
  ['copy', 'Rewrite this with the name changed from Tom to Anna: Tom saw Tommy.', 'Anna saw Tommy.', 'right'],
  ['copy', 'Rewrite this with Ben changed to Kai: Ben ran.', 'Kai ran.', 'right'],
  ['copy', 'Rewrite with the name Karl instead of Susan: Susan ran.', 'Karl ran.', 'right'],
  ['copy', 'Rewrite with the name Karl instead of Susan: Susan ran.', 'Susan ran.', 'wrong'],
  ['hard', 'Write 3 random words.', 'owl, sea, oak', 'right'],
  ['hard', 'Write 3 random words.', 'owl, sea', 'wrong'],
] as const)('%s: %s', (kind, prompt, answer, verdict) => {
  it(`${JSON.stringify(answer)} is ${verdict}`, () => {
    expect(judgeAnswer(kind, prompt, `${answer}<|end|>`)).toBe(verdict);
  });
});

describe('a prompt of one’s own', () => {
  it.each([
    ['Write 30 random words.', 'hard'],
    ['Copy this: a b', 'copy'],
    ['As JSON, please: x', 'json'],
    ['Write a function.', 'code'],
    ['Count from 3 to 9.', 'counting'],
    ['A story about JS', 'story'],
    ['What is α?', 'own'],
    ['', 'own'],
  ] as const)('%s is %s', (prompt, kind) => {
    expect(kindOf(prompt)).toBe(kind);
  });

  it('is judged without harm however strange it is', () => {
    const strange = ['\ud800', '<script>', '('.repeat(5000), 'Rewrite with the name ( instead of [: x', 'Count from 1 to 99999999999.'];
    for (const prompt of strange)
      for (const kind of ['json', 'code', 'counting', 'copy', 'hard', 'own'] as const)
        expect(() => judgeAnswer(kind, prompt, `${prompt}<|end|>`)).not.toThrow();
    expect(isBalanced('"(" + \')\' + `{`')).toBe(true);
  });
});

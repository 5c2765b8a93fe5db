import { describe, expect, it } from 'vitest';
import { PLANTED, PLANTED_TEXT, scoreMarks } from '../../src/lessons/planted';
import { carryMarks, type Marked, piecesOf, wordsToWeigh } from '../../src/lessons/practice';

const mark = (text: string, word: string): Marked<'broad'> => ({
  from: text.indexOf(word),
  to: text.indexOf(word) + word.length,
  kind: 'broad',
});
const markedWords = (text: string, marks: readonly Marked<'broad'>[]) => marks.map(({ from, to }) => text.slice(from, to));

describe('marks in a text of one’s own', () => {
  const before = 'It is always faster than before.';
  const marks = [mark(before, 'always'), mark(before, 'faster')];

  it.each([
    ['It really is always faster than before.', ['always', 'faster']],
    ['It is always much faster than before.', ['always', 'faster']],
    ['It is faster than before.', ['faster']],
    ['It is always faster.', ['always', 'faster']],
    ['It is always fast.', ['always']],
    ['', []],
  ])('stay where they were in "%s"', (after, expected) => {
    expect(markedWords(after, carryMarks(before, after, marks))).toEqual(expected);
  });

  it('fall off a word that grows', () => {
    expect(carryMarks('It is all', 'It is allowed', [mark('It is all', 'all')])).toEqual([]);
  });

  it('are put on words, which with what stands between them make up the text again', () => {
    for (const text of [before, ' a  b\n', 'p/q is 0.5, isn’t it?', '…', 'été 中文']) {
      const pieces = piecesOf(text);
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      for (const { from, text: piece } of pieces) expect(text.slice(from, from + piece.length)).toBe(piece);
    }
    expect(
      piecesOf('p/q is 0.5.')
        .filter(({ word }) => word)
        .map(({ text }) => text),
    ).toEqual(['p/q', 'is', '0.5']);
  });

  it('may be worth putting on words that claim much or little, each named once', () => {
    expect(wordsToWeigh('It is Always better, always, and probably every time.')).toEqual(['always', 'probably', 'every']);
    expect(wordsToWeigh('A draft of four tokens.')).toEqual([]);
  });
});

describe('a text with planted mistakes', () => {
  const word = (text: string) => ({ from: PLANTED_TEXT.indexOf(text), to: PLANTED_TEXT.indexOf(text) + text.length });

  it('has six, each found by any of its words', () => {
    const wrong = PLANTED.filter((each) => each.wrong !== null);
    expect(wrong).toHaveLength(6);
    expect(scoreMarks([]).mistakes.filter(({ found }) => found)).toEqual([]);
    const all = scoreMarks(wrong.map(({ text }) => word(text)));
    expect(all.mistakes.every(({ found }) => found)).toBe(true);
    expect(all.elsewhere).toBe(0);
    expect(scoreMarks([word('always'), word('vocabulary'), word('one pass')])).toMatchObject({ elsewhere: 2 });
    expect(scoreMarks([word('always')]).mistakes.map(({ found }) => found)).toEqual([true, false, false, false, false, false]);
  });
});

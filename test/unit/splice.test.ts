import { describe, expect, it } from 'vitest';
import { type AnsweredTurn, encodeTurns } from '../../src/core/loop/splice';
import { tokenizerOf } from '../support/words';

const WORDS = ['', 'a', 'b', 'ab', '<u>', '<b>', '<e>', '\ue000', '\ue001'];
const tokenizer = tokenizerOf(WORDS);
const id = (word: string) => WORDS.indexOf(word);
const write = (turns: readonly AnsweredTurn[]) => [
  ...turns.map(({ question, answer }) => `<u>${question}<e><b>${answer}<e>`),
  '<u>a<e><b>',
];
const encode = (turns: readonly AnsweredTurn[]) => encodeTurns('a', turns, write, tokenizer).map((each) => WORDS[each]);

describe('the ids of a conversation', () => {
  it('keep an answer’s own, which its text would not give', () => {
    expect(encode([{ question: 'b', answer: 'ab' }])).toEqual(['<u>', 'b', '<e>', '<b>', 'ab', '<e>', '<u>', 'a', '<e>', '<b>']);
    const own = [{ question: 'b', answer: 'ab', ids: [id('a'), id('b')] }];
    expect(encode(own)).toEqual(['<u>', 'b', '<e>', '<b>', 'a', 'b', '<e>', '<u>', 'a', '<e>', '<b>']);
  });

  it('tell answers with ids from those without, and an empty answer from none', () => {
    const turns = [
      { question: 'a', answer: 'x', ids: [] },
      { question: 'b', answer: 'ab' },
      { question: 'ab', answer: 'y', ids: [id('b')] },
    ];
    expect(encode(turns).join('')).toBe('<u>a<e><b><e><u>b<e><b>ab<e><u>ab<e><b>b<e><u>a<e><b>');
  });

  it('leave alone what a person writes, whatever character it is', () => {
    const turns = [{ question: '\ue000', answer: 'ab', ids: [id('a')] }];
    expect(encode(turns).slice(0, 5)).toEqual(['<u>', '\ue000', '<e>', '<b>', 'a']);
    const system = '\ue000';
    const written = encodeTurns(
      'a',
      [{ question: 'b', answer: 'ab', ids: [id('a')] }],
      (all) => [system, ...write(all)],
      tokenizer,
      system,
    );
    expect(written.map((each) => WORDS[each]).join('')).toBe('\ue000<u>b<e><b>a<e><u>a<e><b>');
  });
});

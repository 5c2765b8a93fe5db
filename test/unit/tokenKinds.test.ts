import { describe, expect, it } from 'vitest';
import { type TokenKind, tokenKinds } from '../../src/core/run/tokenKinds';
import type { RunToken } from '../../src/core/types';

const token = (text: string): RunToken => ({ id: 1, text, verdict: 'accepted', p: 1, q: 1, u: null, candidates: null });

/** The kinds of `texts`, which are a text's tokens. */
const kinds = (...texts: string[]): TokenKind[] => tokenKinds(texts.map(token));

describe('the kind of a token', () => {
  it('is told by the word that it is part of', () => {
    expect(kinds('The', ' fo', 'x', ' ran', ' to', ' Mi', 'a', '.', ' Mia', ' had', ' 1', '2', ' eggs', '.')).toEqual([
      ...(['common', 'words', 'words', 'words', 'common', 'names', 'names', 'punctuation', 'names', 'common'] as const),
      ...(['numbers', 'numbers', 'words', 'punctuation'] as const),
    ]);
  });

  it('takes no word for a name that only begins a sentence', () => {
    expect(kinds('Once', ' there', ' was', ' rain', '.', '\n', 'Rivers', ' rose', '. “', 'Come', '”')).toEqual([
      ...([
        'common',
        'common',
        'common',
        'words',
        'punctuation',
        'punctuation',
        'words',
        'words',
        'punctuation',
        'words',
        'punctuation',
      ] as const),
    ]);
  });

  it('keeps the pronoun apart from names, and a possessive with them', () => {
    expect(kinds('so', ' I', "'m", ' at', ' Ann', '’s')).toEqual(['common', 'common', 'common', 'common', 'names', 'names']);
  });

  it('is code in lines that look like it, and not in those around them', () => {
    expect(kinds('Here', ' it', ' is', ':\n', 'def', ' add', '(a', '):\n', '    return', ' a', ' +', ' 1', '\n', 'Good', '.')).toEqual([
      ...(['common', 'common', 'common', 'punctuation', 'code', 'code', 'code', 'code', 'code', 'code', 'code', 'code'] as const),
      ...(['punctuation', 'words', 'punctuation'] as const),
    ]);
    expect(kinds('{', '\n', ' "', 'name', '":', ' "', 'Fox', '",', '\n', '}')).toEqual([
      ...(['code', 'punctuation', 'code', 'code', 'code', 'code', 'code', 'code', 'punctuation', 'code'] as const),
    ]);
  });

  it('is punctuation where there is no letter and no digit, and of a token without text too', () => {
    expect(kinds('', '\n\n', '…', ' —', '�')).toEqual(Array(5).fill('punctuation'));
  });

  it('counts numbers with their signs as one', () => {
    expect(kinds(' 3', '.', '5', '%', ' of')).toEqual(['numbers', 'punctuation', 'numbers', 'punctuation', 'common']);
  });
});

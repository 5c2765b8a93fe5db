import { describe, expect, it } from 'vitest';
import { END_MARKS } from '../../src/core/endMarks';
import { tokenPieces } from '../../src/ui/tokens/tokenPieces';
import { visibleText } from '../../src/ui/visibleText';

describe('a token that ends a turn', () => {
  it.each([...END_MARKS])('has the mark of an end and its name in place of %s, which is there to be copied', (text) => {
    expect(tokenPieces(text)).toEqual([{ kind: 'end', text, sign: null }]);
    expect(visibleText(text)).toBe('■ End');
  });

  it.each(['<|user|>', 'end', '<|end', 'a <|im_end|>'])('is no other text, such as %s', (text) => {
    expect(tokenPieces(text).some(({ kind }) => kind === 'end')).toBe(false);
    expect(visibleText(text)).toBe(text.replaceAll(' ', '·'));
  });
});

import { END_MARKS } from '../../core/endMarks';
import { textParts } from '../hiddenCharacters';

/** A token's text, cut where it is shown differently: `ink` takes the mark of the verdict, `space` stays bare, `hidden` has a sign, `end` the mark of an end. */
export interface Piece {
  readonly kind: 'ink' | 'space' | 'newline' | 'hidden' | 'end';
  readonly text: string;
  /** Of a character that cannot be seen. */
  readonly sign: string | null;
}

/**
 * Cuts `text` into its lines, and each line into the blanks around it and the rest. A line of nothing but blanks is ink: an
 * indent is a token whose verdict must be seen. A token that ends a turn is one piece. The pieces' texts make up `text` again.
 */
export function tokenPieces(text: string): Piece[] {
  if (END_MARKS.has(text)) return [{ kind: 'end', text, sign: null }];
  return text.split(/(\n)/).flatMap((part): Piece[] => {
    if (part === '\n') return [{ kind: 'newline', text: part, sign: null }];
    const core = part.trim();
    if (core === '') return piece('ink', part);
    const start = part.indexOf(core);
    return [...piece('space', part.slice(0, start)), ...piece('ink', core), ...piece('space', part.slice(start + core.length))];
  });
}

function piece(kind: Piece['kind'], text: string): Piece[] {
  return textParts(text).map((part) => ({ kind: part.sign === null ? kind : 'hidden', ...part }));
}

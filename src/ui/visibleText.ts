import { END_MARKS } from '../core/endMarks';
import { textParts } from './hiddenCharacters';
import { legend } from './texts';

/** `text` with its blanks made visible, and with a sign for every character that cannot be seen; a token that ends a turn by the name of its mark. */
export function visibleText(text: string): string {
  if (END_MARKS.has(text)) return `■ ${legend.end.name}`;
  const shown = textParts(text).map(({ text: part, sign }) => (sign === null ? part : `⟨${sign}⟩`));
  return shown.join('').replaceAll(' ', '·').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}

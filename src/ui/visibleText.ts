import { textParts } from './hiddenCharacters';

/** `text` with its blanks made visible, and with a sign for every character that cannot be seen. */
export function visibleText(text: string): string {
  const shown = textParts(text).map(({ text: part, sign }) => (sign === null ? part : `⟨${sign}⟩`));
  return shown.join('').replaceAll(' ', '·').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}

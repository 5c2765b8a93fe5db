/** `text` with its blanks made visible. */
export function visibleText(text: string): string {
  return text.replaceAll(' ', '·').replaceAll('\n', '↵').replaceAll('\t', '⇥');
}

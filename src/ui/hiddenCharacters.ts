/**
 * Characters that cannot be seen, or that change how others are: control characters except line break and tab, marks of direction (Unicode Standard Annex 9),
 * blanks and signs of no width, separators, and halves of a surrogate pair that stand alone. Joiners stay: emoji and several scripts are written with them.
 */
const HIDDEN = /(?![\n\t])[\p{Cs}\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;
const PARTS = new RegExp(`(${HIDDEN.source})`, 'u');

/** A stretch of a text: characters as they are, or one that cannot be seen, with the sign that stands for it. */
export interface TextPart {
  readonly text: string;
  /** Such as "U+202E"; null for what can be seen. */
  readonly sign: string | null;
}

/** The parts make up `text` again. */
export function textParts(text: string): TextPart[] {
  return text.split(PARTS).flatMap((part) => (part === '' ? [] : [{ text: part, sign: HIDDEN.test(part) ? signOf(part) : null }]));
}

/** How often each character that cannot be seen stands in `text`, by its sign. */
export function hiddenCounts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [character] of text.matchAll(new RegExp(HIDDEN, 'gu')))
    counts.set(signOf(character), (counts.get(signOf(character)) ?? 0) + 1);
  return counts;
}

function signOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

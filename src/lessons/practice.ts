/** A person's marks in their own text. */
export interface Marked<Kind extends string> {
  /** First letter, and the one after the last, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
}

/** A word of a text, or what stands between two. */
export interface Piece {
  readonly from: number;
  readonly text: string;
  readonly word: boolean;
}

/** `text` cut into words and what stands between them; the pieces' texts make up `text` again. */
export function piecesOf(text: string): Piece[] {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:[-’'./][\p{L}\p{N}]+)*|[^\p{L}\p{N}]+/gu)].map((match) => ({
    from: match.index,
    text: match[0],
    word: /^[\p{L}\p{N}]/u.test(match[0]),
  }));
}

/** The marks of `before` in `after`: what stands left and right of an edit keeps its mark, what was edited loses it. */
export function carryMarks<Kind extends string>(before: string, after: string, marks: readonly Marked<Kind>[]): Marked<Kind>[] {
  const shorter = Math.min(before.length, after.length);
  let left = 0;
  while (left < shorter && before[left] === after[left]) left++;
  let right = 0;
  while (right < shorter - left && before[before.length - 1 - right] === after[after.length - 1 - right]) right++;
  const shift = after.length - before.length;
  return marks.flatMap((mark) => {
    if (mark.to <= left && !continues(after, mark.to, left)) return [mark];
    if (mark.from >= before.length - right) return [{ ...mark, from: mark.from + shift, to: mark.to + shift }];
    return [];
  });
}

/** Whether an edit at `at`, just after a marked word, has made the word longer. */
function continues(after: string, to: number, at: number): boolean {
  return to === at && /^[\p{L}\p{N}]/u.test(after.slice(to));
}

const BROAD =
  /\b(?:always|never|all|every|any|nothing|everything|only|best|certainly|obviously|clearly|just|perfect(?:ly)?|guaranteed?)\b/giu;
const UNCERTAIN = /\b(?:maybe|perhaps|probably|somehow|seems?|might|could|usually|often|roughly|I think|I guess|kind of|sort of)\b/giu;

/** Words of `text` that often claim too much or too little, as they stand there, each once: a hint, not a verdict. */
export function wordsToWeigh(text: string): string[] {
  const found = [...text.matchAll(BROAD), ...text.matchAll(UNCERTAIN)].sort((a, b) => a.index - b.index);
  return [...new Set(found.map(([word]) => word.toLowerCase()))];
}

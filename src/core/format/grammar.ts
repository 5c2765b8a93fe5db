/**
 * A grammar over code points: what a response format lets a model write. Built from schemas and from grammars' text, checked, and only then
 * printed for the matcher.
 */

/** Code points from the first to the last. */
export type Range = readonly [first: number, last: number];

export type Expression =
  | { readonly kind: 'text'; readonly text: string }
  /** One code point of any of the ranges, which ascend and lie apart. */
  | { readonly kind: 'class'; readonly ranges: readonly Range[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  /** Of none of them: nothing fits, not even the empty text. */
  | { readonly kind: 'choice'; readonly of: readonly Expression[] }
  /** `max` null: without end. */
  | { readonly kind: 'repeat'; readonly of: Expression; readonly min: number; readonly max: number | null }
  | { readonly kind: 'rule'; readonly name: string };

export interface Grammar {
  /** The name of the rule that a whole answer fits. */
  readonly root: string;
  readonly rules: ReadonlyMap<string, Expression>;
}

/** Why a format cannot be used, and what to do; told to a person as an `invalid-setting`. */
export class FormatError extends Error {
  readonly hint: string | null;

  /** @param hint null: correct it */
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.name = 'FormatError';
    this.hint = hint;
  }
}

export const EMPTY: Expression = { kind: 'text', text: '' };
/** What nothing fits. */
export const NEVER: Expression = { kind: 'choice', of: [] };

export function text(content: string): Expression {
  return { kind: 'text', text: content };
}

export function rule(name: string): Expression {
  return { kind: 'rule', name };
}

export function sequence(...parts: readonly Expression[]): Expression {
  const flat = parts.flatMap((part) => (part.kind === 'sequence' ? part.parts : [part])).filter((part) => part !== EMPTY);
  if (flat.some((part) => part === NEVER)) return NEVER;
  const [first] = flat;
  return flat.length === 0 ? EMPTY : flat.length === 1 && first ? first : { kind: 'sequence', parts: flat };
}

export function choice(...of: readonly Expression[]): Expression {
  const open = of.filter((option) => option !== NEVER);
  const [first] = open;
  return open.length === 0 ? NEVER : open.length === 1 && first ? first : { kind: 'choice', of: open };
}

/** @param max null: without end */
export function repeat(of: Expression, min: number, max: number | null): Expression {
  if (max !== null && max < min) return NEVER;
  if (max === 0 || of === EMPTY) return EMPTY;
  if (of === NEVER) return min === 0 ? EMPTY : NEVER;
  return min === 1 && max === 1 ? of : { kind: 'repeat', of, min, max };
}

export function optional(of: Expression): Expression {
  return repeat(of, 0, 1);
}

/** One code point out of `ranges`, in any order; halves of characters, which cannot be written alone, are left out. */
export function oneOf(...ranges: readonly Range[]): Expression {
  const merged = merge(ranges.flatMap(([first, last]) => withoutSurrogates(first, last)));
  return merged.length === 0 ? NEVER : { kind: 'class', ranges: merged };
}

/** One code point that is in none of `ranges`. */
export function noneOf(...ranges: readonly Range[]): Expression {
  const gaps: Range[] = [];
  let from = 0;
  for (const [first, last] of merge(ranges)) {
    if (first > from) gaps.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= LAST_CODE_POINT) gaps.push([from, LAST_CODE_POINT]);
  return oneOf(...gaps);
}

/** One of the characters of `characters`. */
export function anyOf(characters: string): Expression {
  return oneOf(...Array.from(characters, (character): Range => [codeOf(character), codeOf(character)]));
}

export function codeOf(character: string): number {
  return character.codePointAt(0) as number;
}

const LAST_CODE_POINT = 0x10ffff;

function withoutSurrogates(first: number, last: number): Range[] {
  const below: Range = [first, Math.min(last, 0xd7ff)];
  const above: Range = [Math.max(first, 0xe000), last];
  return [below, above].filter(([from, to]) => from <= to);
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

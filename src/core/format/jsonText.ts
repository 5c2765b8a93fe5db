/** How JSON is written (RFC 8259): the pieces of which grammars of it are made. */
import { anyOf, choice, codeOf, type Expression, noneOf, oneOf, optional, type Range, repeat, rule, sequence, text } from './grammar';

export const DIGIT = oneOf([0x30, 0x39]);

/** Most digits before and after a decimal point: a number of so many survives being read. */
export const MOST_DIGITS = 15;

/** Deepest that a line is indented. */
const DEEPEST_INDENT = 16;

/** Between two tokens. */
export const GAP = rule('gap');
export const COMMA = sequence(text(','), GAP);
export const COLON = sequence(text(':'), optional(text(' ')));

/** Characters that a string holds only after a backslash. */
const ESCAPED: readonly Range[] = [
  [0x00, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map(
  Array.from('"\\\b\f\n\r\t', (character) => [codeOf(character), JSON.stringify(character).slice(1, -1)]),
);
const HEX = oneOf([0x30, 0x39], [0x41, 0x46], [0x61, 0x66]);

const PLAIN = noneOf(...ESCAPED);
const CHARACTER = rule('character');

/** The rules that grammars of JSON share. */
export const JSON_RULES: Readonly<Record<string, Expression>> = {
  // Nothing, a blank, or a new line with its indentation; never more, so that no answer consists of white space.
  gap: optional(choice(text(' '), sequence(text('\n'), choice(repeat(text(' '), 0, DEEPEST_INDENT), repeat(text('\t'), 1, 4))))),
  // As it is or escaped; what would take two escapes is written as it is.
  character: choice(
    PLAIN,
    sequence(text('\\'), anyOf('"\\/bfnrt')),
    sequence(
      text('\\u'),
      choice(sequence(anyOf('0123456789abcefABCEF'), HEX, HEX, HEX), sequence(anyOf('dD'), oneOf([0x30, 0x37]), HEX, HEX)),
    ),
  ),
};

/** @param max null: without end; both count characters, not halves of them */
export function anyString(min = 0, max: number | null = null): Expression {
  return quoted(repeat(CHARACTER, min, max));
}

export function quoted(content: Expression): Expression {
  return sequence(text('"'), content, text('"'));
}

/** `expression`, which says what a string holds, as it is written between quotation marks. */
export function written(expression: Expression): Expression {
  switch (expression.kind) {
    case 'text':
      return text(JSON.stringify(expression.text).slice(1, -1));
    case 'class':
      return writtenClass(expression.ranges);
    case 'sequence':
      return sequence(...expression.parts.map(written));
    case 'choice':
      return choice(...expression.of.map(written));
    case 'repeat':
      return repeat(written(expression.of), expression.min, expression.max);
    case 'rule':
      return expression;
  }
}

function writtenClass(ranges: readonly Range[]): Expression {
  const holds = (code: number) => ranges.some(([first, last]) => first <= code && code <= last);
  const escaped = ESCAPED.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)).filter(holds);
  const escapes = escaped.map((code) => text(SHORT_ESCAPES.get(code) ?? `\\u${code.toString(16).padStart(4, '0')}`));
  const plain = noneOf(...ESCAPED, ...complement(ranges));
  return choice(plain, ...escapes);
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const rest = noneOf(...ranges);
  return rest.kind === 'class' ? rest.ranges : [];
}

/**
 * A string, written without escapes, that is not one of `names`: a tree over their characters, which is left at the first that differs.
 */
export function stringBesides(names: readonly string[]): Expression {
  const withoutEscapes = names.filter((name) => JSON.stringify(name) === `"${name}"`);
  return quoted(besides(withoutEscapes.map((name) => Array.from(name))));
}

function besides(names: readonly (readonly string[])[]): Expression {
  const firsts = [...new Set(names.flatMap(([first]) => (first === undefined ? [] : [first])))];
  const others = noneOf(...ESCAPED, ...firsts.map((first): Range => [codeOf(first), codeOf(first)]));
  const options = [
    sequence(others, repeat(PLAIN, 0, null)),
    ...firsts.map((first) => sequence(text(first), besides(names.filter((name) => name[0] === first).map((name) => name.slice(1))))),
  ];
  return names.some((name) => name.length === 0) ? choice(...options) : optional(choice(...options));
}

import { anyOf, choice, codeOf, EMPTY, type Expression, FormatError, noneOf, oneOf, type Range, repeat, sequence, text } from './grammar';

/** Any character. */
const ANY = repeat(noneOf(), 0, null);
const LINE_ENDS = anyOf('\n\r\u2028\u2029');
const DIGITS = oneOf([0x30, 0x39]);
const WORD = oneOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
const SPACE = oneOf(
  [0x09, 0x0d],
  [0x2000, 0x200a],
  ...Array.from(' \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff', (space): Range => [codeOf(space), codeOf(space)]),
);
const CLASSES: Readonly<Record<string, Expression>> = {
  ...{ d: DIGITS, w: WORD, s: SPACE, D: noneOf(...rangesOf(DIGITS)), W: noneOf(...rangesOf(WORD)), S: noneOf(...rangesOf(SPACE)) },
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', '0': '\0' };

/**
 * The strings that hold a match of `pattern`, a regular expression of JavaScript in Unicode mode, as JSON Schema has it.
 *
 * @throws FormatError if it is invalid, or asks for what no grammar can express: to look around, to refer back, a boundary of words, a property of Unicode
 */
export function patternStrings(pattern: string): Expression {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    throw new FormatError(
      `the pattern ${JSON.stringify(pattern)} is not a valid regular expression: ${error instanceof Error ? error.message : error}`,
    );
  }
  return new PatternParser(pattern).strings();
}

/** Of an expression whose syntax is right. */
class PatternParser {
  readonly #pattern: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#characters = Array.from(pattern);
  }

  strings(): Expression {
    const options: Expression[] = [];
    do {
      const fromStart = this.#take('^');
      const inside = this.#sequence();
      const toEnd = this.#take('$');
      if (!['|', ''].includes(this.#peek())) throw this.#refused(`"${this.#peek()}" after its end`);
      options.push(sequence(fromStart ? EMPTY : ANY, inside, toEnd ? EMPTY : ANY));
    } while (this.#take('|'));
    return choice(...options);
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (!['', '|', ')', '$'].includes(this.#peek())) parts.push(this.#counted(this.#atom()));
    return sequence(...parts);
  }

  #choice(): Expression {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return choice(...options);
  }

  #atom(): Expression {
    const next = this.#next();
    if (next === '(') return this.#group();
    if (next === '[') return this.#class();
    if (next === '.') return noneOf(...rangesOf(LINE_ENDS));
    if (next === '\\') return this.#escape();
    if (next === '^') throw this.#refused('"^" in its middle');
    return text(next);
  }

  #group(): Expression {
    if (this.#take('?') && !this.#take(':')) throw this.#refused(`a group (?${this.#peek()}…)`);
    const inside = this.#choice();
    if (!this.#take(')')) throw this.#refused('"$" in its middle');
    return inside;
  }

  #counted(atom: Expression): Expression {
    const counted = this.#count(atom);
    // A lazy count lets the same strings through.
    if (counted !== atom) this.#take('?');
    return counted;
  }

  #count(atom: Expression): Expression {
    if (this.#take('*')) return repeat(atom, 0, null);
    if (this.#take('+')) return repeat(atom, 1, null);
    if (this.#take('?')) return repeat(atom, 0, 1);
    const braces = /^\{(\d+)(?:(,)(\d*))?\}$/.exec(this.#braced());
    if (!braces) return atom;
    this.#at += braces[0].length;
    const [, min, comma, max] = braces;
    return repeat(atom, Number(min), comma === undefined ? Number(min) : max === '' ? null : Number(max));
  }

  #class(): Expression {
    const negated = this.#take('^');
    const ranges: Range[] = [];
    while (!this.#take(']')) {
      const first = this.#member();
      const [only] = first;
      if (this.#peek() === '-' && this.#characters[this.#at + 1] !== ']' && only && first.length === 1) {
        this.#at++;
        const [last] = this.#member();
        ranges.push([only[0], last?.[1] ?? only[1]]);
      } else ranges.push(...first);
    }
    return negated ? noneOf(...ranges) : oneOf(...ranges);
  }

  #member(): readonly Range[] {
    const next = this.#next();
    if (next !== '\\') return [[codeOf(next), codeOf(next)]];
    if (this.#peek() === 'b') {
      this.#at++;
      return [[0x08, 0x08]];
    }
    const escaped = this.#escape();
    return escaped.kind === 'text' ? [[codeOf(escaped.text), codeOf(escaped.text)]] : rangesOf(escaped);
  }

  /** What follows a backslash. */
  #escape(): Expression {
    const next = this.#next();
    const known = CLASSES[next];
    if (known) return known;
    const meant = ESCAPES[next];
    if (meant !== undefined) return text(meant);
    if (next === 'x' || next === 'u') return text(this.#code(next));
    if (/[A-Za-z1-9]/.test(next)) throw this.#refused(`"\\${next}"`);
    return text(next);
  }

  #code(kind: string): string {
    const written = this.#braced() || this.#characters.slice(this.#at, this.#at + (kind === 'x' ? 2 : 4)).join('');
    this.#at += written.length;
    const code = Number.parseInt(written.replace('{', ''), 16);
    if (code >= 0xd800 && code <= 0xdfff) throw this.#refused('half of a character');
    return String.fromCodePoint(code);
  }

  /** What stands here in braces, with them; empty if no brace does. */
  #braced(): string {
    return this.#peek() === '{' ? this.#characters.slice(this.#at, this.#characters.indexOf('}', this.#at) + 1).join('') : '';
  }

  #take(sign: string): boolean {
    if (this.#peek() !== sign) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const next = this.#peek();
    this.#at++;
    return next;
  }

  #peek(): string {
    return this.#characters[this.#at] ?? '';
  }

  #refused(what: string): FormatError {
    return new FormatError(
      `the pattern ${JSON.stringify(this.#pattern)} has ${what}, which is not enforced`,
      'Write the pattern without it.',
    );
  }
}

function rangesOf(expression: Expression): readonly Range[] {
  return expression.kind === 'class' ? expression.ranges : [];
}

import {
  choice,
  codeOf,
  EMPTY,
  type Expression,
  FormatError,
  type Grammar,
  noneOf,
  oneOf,
  type Range,
  repeat,
  rule,
  sequence,
  text,
} from './grammar';

/** Deepest nesting of parentheses. */
const DEEPEST = 100;

/** What a backslash and this character stand for, in texts and classes alike. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '0': '\0' },
  ...{ '"': '"', "'": "'", '?': '?', '\\': '\\' },
};
/** What may have a backslash in a class besides. */
const CLASS_ESCAPES = '^$.*+()[]{}|/-';
/** The number of hexadecimal digits that follow; null: as many as there are. */
const CODE_ESCAPES: Readonly<Record<string, number | null>> = { x: null, u: 4, U: 8 };

/**
 * A grammar's text: rules `name ::= …` of "texts", [classes], (groups), names, alternatives `|`, counts `* + ? {n} {n,} {n,m}`, and comments from # to
 * the end of a line. xgrammar's EBNF, without its lookaheads and its macros. The rule `root` is what an answer fits.
 *
 * @throws FormatError with line and column
 */
export function parseGrammar(source: string): Grammar {
  return new Parser(source).grammar();
}

class Parser {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;
  /** Where each rule was first asked for, by its name. */
  readonly #asked = new Map<string, number>();

  constructor(source: string) {
    this.#characters = Array.from(source);
  }

  grammar(): Grammar {
    const rules = new Map<string, Expression>();
    for (this.#space(); this.#peek() !== ''; this.#space()) {
      const start = this.#at;
      const name = this.#name();
      if (name === '' || !this.#take('::=')) throw this.#error('a rule is expected here, as in root ::= "yes"', start);
      if (rules.has(name)) throw this.#error(`the rule "${name}" has been written before`, start);
      rules.set(name, this.#choice());
    }
    for (const [name, at] of this.#asked) if (!rules.has(name)) throw this.#error(`there is no rule "${name}"`, at);
    if (!rules.has('root')) throw new FormatError('there is no rule "root", which an answer would have to fit');
    return { root: 'root', rules };
  }

  #choice(): Expression {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return choice(...options);
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    for (;;) {
      this.#space();
      if (parts.length > 0 && ('|)'.includes(this.#peek()) || this.#atRule())) return sequence(...parts);
      parts.push(this.#counted(this.#element()));
    }
  }

  #element(): Expression {
    const start = this.#at;
    const next = this.#peek();
    if (next === '"') return this.#text();
    if (next === '[') return this.#class();
    if (next === '(') return this.#group();
    const name = this.#atRule() ? '' : this.#name();
    if (name === '') {
      throw this.#error(
        `${next === '' ? 'the end' : `"${next}"`} where a "text", a [class], a (group) or a rule's name is expected`,
        start,
      );
    }
    if (!this.#asked.has(name)) this.#asked.set(name, start);
    return rule(name);
  }

  #group(): Expression {
    const start = this.#at++;
    if (this.#peek() === '=') throw this.#error('lookaheads (=…) are not supported', start);
    if (++this.#depth > DEEPEST) throw this.#error(`more than ${DEEPEST} groups within each other`, start);
    const inside = this.#take(')') ? null : this.#choice();
    if (inside && !this.#take(')')) throw this.#error('this group is not closed', start);
    this.#depth--;
    return inside ?? EMPTY;
  }

  #counted(element: Expression): Expression {
    if (this.#take('*')) return repeat(element, 0, null);
    if (this.#take('+')) return repeat(element, 1, null);
    if (this.#take('?')) return repeat(element, 0, 1);
    this.#space();
    const start = this.#at;
    if (!this.#take('{')) return element;
    const min = this.#number();
    const max = !this.#take(',') ? min : this.#closes() ? null : this.#number();
    if (!this.#take('}')) throw this.#error('this count is not closed', start);
    if (max !== null && max < min) throw this.#error(`a count from ${min} to ${max}`, start);
    return repeat(element, min, max);
  }

  #closes(): boolean {
    this.#space();
    return this.#peek() === '}';
  }

  #number(): number {
    this.#space();
    const start = this.#at;
    while (/[0-9]/.test(this.#peek())) this.#at++;
    if (this.#at === start) throw this.#error('a whole number is expected here', start);
    return Number(this.#characters.slice(start, this.#at).join(''));
  }

  #text(): Expression {
    const start = this.#at++;
    let content = '';
    while (this.#peek() !== '"') {
      if (/^$|[\r\n]/.test(this.#peek())) throw this.#error('this text is not closed', start);
      content += this.#character('');
    }
    this.#at++;
    return content === '' ? EMPTY : text(content);
  }

  #class(): Expression {
    const start = this.#at++;
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    const ranges: Range[] = [];
    while (this.#peek() !== ']') {
      if (/^$|[\r\n]/.test(this.#peek())) throw this.#error('this class is not closed', start);
      const at = this.#at;
      const first = codeOf(this.#character(CLASS_ESCAPES));
      // At the end of a class a dash is itself.
      const runs = this.#peek() === '-' && this.#characters[this.#at + 1] !== ']';
      if (runs) this.#at++;
      const last = runs ? codeOf(this.#character(CLASS_ESCAPES)) : first;
      if (last < first) throw this.#error('a range that ends before it begins', at);
      ranges.push([first, last]);
    }
    this.#at++;
    const expression = negated ? noneOf(...ranges) : oneOf(...ranges);
    if (expression.kind !== 'class') throw this.#error('a class that no character is in', start);
    return expression;
  }

  /** One character of a text or a class, escaped or not. @param also what may be escaped besides */
  #character(also: string): string {
    const start = this.#at;
    const plain = this.#peek();
    this.#at++;
    if (plain !== '\\') return this.#whole(plain, start);
    const escaped = this.#peek();
    this.#at++;
    const meant = ESCAPES[escaped];
    if (meant !== undefined) return meant;
    if (escaped !== '' && also.includes(escaped)) return escaped;
    const length = CODE_ESCAPES[escaped];
    if (length === undefined) throw this.#error(`"\\${escaped}" stands for nothing`, start);
    const digits = /^[0-9a-fA-F]*/.exec(this.#characters.slice(this.#at, this.#at + (length ?? 8)).join(''))?.[0] ?? '';
    this.#at += digits.length;
    const code = Number.parseInt(digits, 16);
    if (digits.length !== (length ?? digits.length) || !(code <= 0x10ffff))
      throw this.#error(`"\\${escaped}${digits}" is not a character`, start);
    return this.#whole(String.fromCodePoint(code), start);
  }

  /** Half of a pair of surrogates can never be written. */
  #whole(character: string, at: number): string {
    if (/^[\ud800-\udfff]$/.test(character)) throw this.#error('half of a character', at);
    return character;
  }

  /** The name at this place; empty if there is no name. */
  #name(): string {
    const start = this.#at;
    if (/[0-9]/.test(this.#peek())) return '';
    while (/[\w.-]/.test(this.#peek())) this.#at++;
    return this.#characters.slice(start, this.#at).join('');
  }

  /** Whether the next rule begins here, or nothing follows. */
  #atRule(): boolean {
    const start = this.#at;
    const begins = this.#name() !== '' && this.#take('::=');
    const ends = this.#at === start && this.#peek() === '';
    this.#at = start;
    return begins || ends;
  }

  #take(sign: string): boolean {
    const start = this.#at;
    this.#space();
    if (Array.from(sign).every((character, i) => this.#characters[this.#at + i] === character)) {
      this.#at += sign.length;
      return true;
    }
    this.#at = start;
    return false;
  }

  #space(): void {
    while (/^[ \t\r\n#]$/.test(this.#peek())) {
      if (this.#peek() !== '#') this.#at++;
      else while (!/^$|[\r\n]/.test(this.#peek())) this.#at++;
    }
  }

  /** Empty at the end. */
  #peek(): string {
    return this.#characters[this.#at] ?? '';
  }

  #error(what: string, at: number): FormatError {
    const lines = this.#characters
      .slice(0, at)
      .join('')
      .split(/\r\n|\r|\n/);
    return new FormatError(`line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: ${what}`);
  }
}

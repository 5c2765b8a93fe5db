/**
 * A grammar in xgrammar's EBNF, as web-llm 0.2.86 has it (xgrammar 0.1.27). Nothing in it is a person's own wording: rules have names of ours, and
 * every character that could mean something is written as its number. What that version makes of it decides the form:
 *
 * - It writes a grammar down and reads it once more, and then takes a hexadecimal digit after an unprintable character for a part of its
 *   number. So no character that can be printed follows one that cannot, in a text or a class.
 * - It ends a text at its first U+0000, which is therefore a class.
 * - It reads a class with code points above 127 as one of bytes, so these are spelt as UTF-8 has them.
 * - It reads a class of one character as a text, which is not a single byte, so such a class names it twice.
 * - It takes a class that begins with ^ for its opposite, so ^ comes last.
 * - It makes one automaton of a rule's alternatives, and merges states of it that are not alike: "1" [1-9] | [2-9] [0-9] | [1-9] [0-9] [0-9] |
 *   [1-9] [0-9] [0-9] [0-9] lets digits through without end. So every alternative of several characters is a rule of its own, and names another
 *   one, which is empty, since a rule that names none is put where its name stands.
 */
import { type Expression, FormatError, type Grammar, type Range } from './grammar';
import { utf8Ranges } from './utf8';

/** @returns its first rule is `root` */
export function printGrammar(grammar: Grammar): string {
  return new Printer(grammar).print();
}

class Printer {
  readonly #rules: Grammar['rules'];
  readonly #names: ReadonlyMap<string, string>;
  /** Rules of ours, by what they say. */
  readonly #made = new Map<string, string>();

  constructor(grammar: Grammar) {
    this.#rules = grammar.rules;
    this.#names = new Map([...reachable(grammar)].map((name, i) => [name, i === 0 ? 'root' : `r${i}`]));
  }

  print(): string {
    const lines = [...this.#names].map(([name, printed]) => `${printed} ::= ${this.#body(this.#rules.get(name) as Expression)}`);
    const made = [...this.#made].map(([body, name]) => `${name} ::= ${body}`);
    return [...lines, ...made, `${NOTHING} ::= ""`, ''].join('\n');
  }

  #body(expression: Expression): string {
    return expression.kind === 'choice' || isSingle(expression) ? this.#print(expression) : `${this.#print(expression)} ${NOTHING}`;
  }

  #print(expression: Expression): string {
    switch (expression.kind) {
      case 'text':
        return printText(expression.text);
      case 'class':
        return this.#class(expression.ranges);
      case 'sequence':
        return expression.parts.map((part) => (part.kind === 'choice' ? `(${this.#print(part)})` : this.#print(part))).join(' ');
      case 'choice':
        return expression.of.map((option) => (isSingle(option) ? this.#print(option) : this.#make(this.#body(option)))).join(' | ');
      case 'repeat':
        return this.#times(isWhole(expression.of) ? this.#print(expression.of) : this.#make(this.#body(expression.of)), expression);
      case 'rule':
        return this.#names.get(expression.name) as string;
    }
  }

  /** From the last to the first, a rule for what may follow each, so that counts of the same thing share them. */
  #times(of: string, { min, max }: { readonly min: number; readonly max: number | null }): string {
    if ((max ?? min) > WRITTEN_OUT) return `${of}{${min},${max ?? ''}}`;
    let rest = max === null ? `${of}*` : NOTHING;
    for (let left = min; max !== null && left < max; left++) rest = this.#make(`"" | ${of} ${rest}`);
    for (let left = 0; left < min; left++) rest = this.#make(`${of} ${rest}`);
    return rest;
  }

  /** The name of a rule of `body`; one for all that say the same. @throws FormatError where there are too many */
  #make(body: string): string {
    const known = this.#made.get(body);
    if (known !== undefined) return known;
    const name = `m${this.#made.size}`;
    this.#made.set(body, name);
    if (this.#made.size > MOST_MADE)
      throw new FormatError(`it takes more than ${MOST_MADE} rules to write it out`, 'Take fewer alternatives, or lower counts.');
    return name;
  }

  #class(ranges: readonly Range[]): string {
    if (ranges.every(([, last]) => last < 0x80)) return byteClass(ranges);
    const ascii = ranges.filter(([first]) => first < 0x80).map(([first, last]): Range => [first, Math.min(last, 0x7f)]);
    const spelt = ranges
      .flatMap(([first, last]) => utf8Ranges(Math.max(first, 0x80), last))
      .map((bytes) => bytes.map((range) => byteClass([range])).join(' '));
    return this.#make([...(ascii.length > 0 ? [byteClass(ascii)] : []), ...spelt].join(' | '));
  }
}

/** Highest count that is written out, rather than left to the matcher, which compiles a high one fast and many low ones slowly. */
export const WRITTEN_OUT = 256;
/** Most rules of ours; a rule takes about a millisecond to compile. */
const MOST_MADE = 3000;

/** The rule that is empty. */
const NOTHING = 'nothing';

/** Whether an alternative is one step of the automaton: another rule, a character, or nothing. */
function isSingle(option: Expression): boolean {
  if (option.kind === 'text') return /^[ -~]?$/.test(option.text);
  return option.kind === 'rule' || option.kind === 'class';
}

/** The names of the rules that the root needs, the root's first. */
export function reachable({ root, rules }: Grammar): Set<string> {
  const found = new Set([root]);
  for (const name of found) {
    const visit = (expression: Expression | undefined): void => {
      if (!expression) return;
      if (expression.kind === 'rule') found.add(expression.name);
      else if (expression.kind === 'repeat') visit(expression.of);
      else if (expression.kind === 'choice') expression.of.forEach(visit);
      else if (expression.kind === 'sequence') expression.parts.forEach(visit);
    };
    visit(rules.get(name));
  }
  return found;
}

/** Whether what is printed of it takes a count as it is. */
function isWhole(expression: Expression): boolean {
  return (
    expression.kind === 'class' || expression.kind === 'rule' || (expression.kind === 'text' && piecesOf(expression.text).length === 1)
  );
}

function printText(text: string): string {
  return piecesOf(text)
    .map((piece) => (piece === '\0' ? byteClass([[0, 0]]) : `"${Array.from(piece, printCharacter).join('')}"`))
    .join(' ');
}

/** What a text is printed as: runs of what can be printed and of what cannot; one for an empty text. */
function piecesOf(text: string): readonly string[] {
  return text === '' ? [''] : (text.match(/\0|[ -~]+|[^\0 -~]+/gu) ?? []);
}

function printCharacter(character: string): string {
  return /[ -~]/.test(character) && !/["\\]/.test(character) ? character : numbered(character.codePointAt(0) as number);
}

function numbered(code: number): string {
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function byteClass(ranges: readonly Range[]): string {
  const caret = ranges.flatMap((range) => cut(range, 0x5e, 0x5e));
  const printed = ranges.flatMap((range) => [...cut(range, 0x20, 0x5d), ...cut(range, 0x5f, 0x7e)]);
  const others = ranges.flatMap((range) => [...cut(range, 0, 0x1f), ...cut(range, 0x7f, 0xff)]);
  const print = ([first, last]: Range) => (first === last ? numbered(first).repeat(2) : `${numbered(first)}-${numbered(last)}`);
  if (printed.length + others.length === 0) return '"^"';
  return `[${[...printed, ...others, ...caret].map(print).join('')}]`;
}

/** What of a range lies from `from` to `to`. */
function cut([first, last]: Range, from: number, to: number): Range[] {
  return first <= to && from <= last ? [[Math.max(first, from), Math.min(last, to)]] : [];
}

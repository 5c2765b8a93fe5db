/** Options of a command, declared once: how each is read, and what --help says of it. */
import { parseArgs } from 'node:util';
import { isIn, type NumberRange, rangeInWords } from '../core/declaredSettings';
import { usageError } from './usage';

export interface Option<Value> {
  /** What stands for its value in the usage; null: it takes none. */
  readonly placeholder: string | null;
  readonly help: string;
  /** One letter that stands for its name. */
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** @param texts as they were given; none where it was not. @throws FailureError command-invalid */
  read(texts: readonly string[], name: string): Value;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type Values<Declared extends Options> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Option<infer Value> ? Value : never;
};

export function flag(help: string): Option<boolean> {
  return { placeholder: null, help, read: (texts) => texts.length > 0 };
}

/** Of every command. */
export const HELP_OPTION: Option<boolean> = { ...flag('this text'), short: 'h' };

/** Any text; undefined where it was not given. */
export function text(placeholder: string, help: string): Option<string | undefined> {
  return { placeholder, help, read: ([given]) => given };
}

/** Any number of texts. @param read makes one of what was given, or throws FailureError command-invalid */
export function texts(placeholder: string, help: string, read: (given: string, name: string) => string): Option<readonly string[]> {
  return { placeholder, help, multiple: true, read: (given, name) => given.map((each) => read(each, name)) };
}

/** One of `values`. */
export function oneOf<Value extends string, Default extends Value | undefined>(
  values: readonly Value[],
  standard: Default,
  help: string,
): Option<Value | Default> {
  return {
    placeholder: values.join('|'),
    help,
    read([given], name) {
      if (given === undefined) return standard;
      const found = values.find((value) => value === given);
      if (found === undefined) throw usageError(`--${name} is "${given}".`, `Choose ${values.join(', ')}.`);
      return found;
    },
  };
}

/** A number of `range`. */
export function number<Default extends number | undefined>(
  placeholder: string,
  range: NumberRange,
  standard: Default,
  help: string,
): Option<number | Default> {
  return { placeholder, help, read: ([given], name) => (given === undefined ? standard : readNumber(given, name, range)) };
}

/** @throws FailureError command-invalid, with what may be chosen */
export function readNumber(given: string, name: string, range: NumberRange): number {
  const value = /^-?\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (isIn(range, value)) return value;
  throw usageError(`--${name} is "${given}".`, `Choose ${rangeInWords(range)}.`);
}

/** @returns what `args` say, by the names of `options`, and what stands beside them. @throws FailureError command-invalid */
export function readOptions<Declared extends Options>(
  options: Declared,
  args: readonly string[],
): { readonly values: Values<Declared>; readonly rest: readonly string[] } {
  const declared = Object.fromEntries(
    Object.entries(options).map(([name, { placeholder, short }]) => [
      name,
      { type: placeholder === null ? 'boolean' : 'string', multiple: true, ...(short && { short }) } as const,
    ]),
  );
  const parsed = parsing(() => parseArgs({ args: joinNegative(options, args), options: declared, allowPositionals: true }));
  const values = Object.entries(options).map(([name, option]) => {
    const given = parsed.values[name] ?? [];
    if (given.length > 1 && !option.multiple) throw usageError(`--${name} is there twice.`, 'Give it once.');
    return [name, option.read(given.map(String), name)];
  });
  return { values: Object.fromEntries(values), rest: parsed.positionals };
}

/** `args`, with what begins as a negative number joined to the option before it: no option is named by a digit, and `parseArgs` takes it for one. */
function joinNegative(options: Options, args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const joined: string[] = [];
  for (const [i, arg] of args.entries()) {
    const before = i < end ? args[i - 1] : undefined;
    const takes = before?.startsWith('--') && options[before.slice(2)]?.placeholder;
    if (takes && /^-\d/.test(arg)) joined.push(`${joined.pop()}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function parsing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    const [what = ''] = (thrown as Error).message.split(/\. |\n/);
    throw usageError(`${what.replace(/\.$/, '')}.`, 'Add --help to see all options.');
  }
}

/** A line or more for each option. */
export function optionLines(options: Options): string {
  return Object.entries(options)
    .map(([name, { placeholder, help, short }]) => {
      const head = `  ${short ? `-${short}, ` : ''}--${name}${placeholder === null ? '' : ` ${placeholder}`}`;
      const [first = '', ...more] = help.split('\n');
      const lines = [head.length < INDENT - 1 ? head.padEnd(INDENT) + first : `${head}\n${' '.repeat(INDENT)}${first}`];
      return [...lines, ...more.map((line) => ' '.repeat(INDENT) + line)].join('\n');
    })
    .join('\n');
}

/** Where what is said of an option begins. */
const INDENT = 30;

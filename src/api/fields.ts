/** The fields of requests and options. What may stand in one is its schema's message, in words that go on after "Send ". */
import * as v from 'valibot';
import { isIn, type NumberRange, rangeInWords } from '../core/declaredSettings';
import { wordsOf } from '../formats/misfit';

export const text = v.string('text');
export const someText = v.pipe(v.string('text'), v.minLength(1, 'text of at least one character'));
export const onOrOff = v.boolean('true or false');

/** JSON has null for what was not given. */
export const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.optional(v.nullable(schema), null);

export const numberOf = (range: NumberRange) => v.custom<number>((value) => isIn(range, value), rangeInWords(range));

export const oneOf = <const Values extends readonly string[]>(values: Values) => v.picklist(values, named(values));

/** A text, or `least` to `most` of them; none is empty. @param note at the end of what may be given */
export const textOrTexts = (least: number, most: number, note = '') => {
  const allowed = `text, or a list of ${least === 0 ? 'up to' : `${least} to`} ${most} texts, none of them empty${note}`;
  return v.union([someText, v.pipe(v.array(someText), v.minLength(least, allowed), v.maxLength(most, allowed))], allowed);
};

/** A word, or a number of `range`. */
export const wordOrNumber = <const Word extends string>(word: Word, range: NumberRange) =>
  v.custom<Word | number>((value) => value === word || isIn(range, value), `"${word}" or ${rangeInWords(range)}`);

/** For the schemas of objects: what may stand where a field is missing, and else that an object may. */
export const objectWith =
  (entries: v.ObjectEntries, what = 'an object') =>
  (issue: v.BaseIssue<unknown>): string => {
    const missing = isMissing(issue) ? entries[String(issue.path?.at(-1)?.key)] : undefined;
    const message = missing && 'message' in missing ? missing.message : undefined;
    return typeof message === 'string' ? message : typeof message === 'function' ? message(issue) : what;
  };

/** "one of "a", "b" and "c"". */
export function named(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`);
  return quoted.length > 1 ? `one of ${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}` : quoted.join();
}

/** What is wrong with a value. */
export interface WrongField {
  /** Its path, as `messages.0.role`; null: the whole. */
  readonly path: string | null;
  /** `unsupported`: no value of it could be used. */
  readonly why: 'missing' | 'unsupported' | 'value';
  /** What was given, as the end of a sentence that begins with its name. */
  readonly given: string;
  /** What may be given, to go on after "Send ". */
  readonly allowed: string;
}

/** Of a schema that is made of the fields above. */
export function wrongField(issue: v.BaseIssue<unknown>): WrongField {
  const { input, message: allowed } = issue;
  const path = v.getDotPath(issue);
  const isUnknown = issue.type === 'strict_object' && issue.expected === 'never';
  const why = isUnknown || issue.type === 'never' ? 'unsupported' : input === undefined ? 'missing' : 'value';
  if (why === 'missing') return { path, why, given: 'is missing', allowed };
  const last = issue.path?.at(-1);
  if (why === 'unsupported' || !last || !('origin' in last) || last.origin !== 'key')
    return { path, why, given: `is ${wordsOf(input)}`, allowed };
  // Not a field, but its name is wrong.
  return { path: path?.split('.').slice(0, -1).join('.') || null, why, given: `has the name ${wordsOf(input)} in it`, allowed };
}

function isMissing({ expected, input }: v.BaseIssue<unknown>): boolean {
  return input === undefined && expected !== 'Object' && expected !== 'never';
}

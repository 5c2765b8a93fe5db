/** What of a document is not as its schema has it, in words. */
import type * as Valibot from 'valibot';
import { getDotPath } from 'valibot';

/** Most characters of a text that are repeated. */
const MOST_REPEATED = 40;

/** By the names of valibot's types. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ string: 'a text', number: 'a number', boolean: 'true or false', array: 'a list', integer: 'a whole number' },
  ...{ safe_integer: 'a whole number', object: 'an object', loose_object: 'an object', strict_object: 'an object', record: 'an object' },
};

/** The place of `issue`, what stands there and what was expected: the end of a sentence, without its full stop, as `vocab_size is "x", where a number was expected`. */
export function misfitOf(issue: Valibot.BaseIssue<unknown>): string {
  const place = getDotPath(issue) ?? 'it';
  // Schemas say in words of their own what no type tells.
  if (!issue.message.startsWith('Invalid ')) return `${place}: ${issue.message}`;
  if (issue.input === undefined) return `${place} is missing`;
  return `${place} is ${wordsOf(issue.input)}, where ${expectedBy(issue)} was expected`;
}

/** `value` as the end of a sentence that says what stands in its place. */
export function wordsOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > MOST_REPEATED ? `${value.slice(0, MOST_REPEATED)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function expectedBy({ type, expected, input, ...issue }: Valibot.BaseIssue<unknown>): string {
  const kind = KINDS[type];
  if (kind) return kind;
  const { requirement } = issue as { readonly requirement?: unknown };
  const units = typeof input === 'string' ? 'characters' : 'entries';
  if (type === 'min_value') return `a number of at least ${requirement}`;
  if (type === 'max_value') return `a number of at most ${requirement}`;
  if (type === 'min_length') return `one of at least ${requirement} ${units}`;
  if (type === 'max_length') return `one of at most ${requirement} ${units}`;
  if (type === 'literal' || type === 'picklist' || type === 'union') return namedIn(expected ?? '');
  return `a ${typeof input === 'string' ? 'text' : 'value'} of another form`;
}

/** valibot joins what it expects as `("a" | "b" | Object)`. */
function namedIn(expected: string): string {
  const names = expected.replace(/^\(|\)$/g, '').split(' | ');
  return names.map((name) => KINDS[name.toLowerCase()] ?? name).join(' or ');
}

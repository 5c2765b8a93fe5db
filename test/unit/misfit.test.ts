import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { misfitOf } from '../../src/formats/misfit';

const schema = v.object({
  format: v.picklist([1, 2]),
  kind: v.optional(v.literal('list'), 'list'),
  name: v.pipe(v.string(), v.maxLength(5)),
  files: v.pipe(v.array(v.object({ bytes: v.pipe(v.number(), v.integer(), v.minValue(1)) })), v.minLength(1)),
  path: v.optional(v.pipe(v.string(), v.regex(/^\w+$/)), 'a'),
  of: v.optional(v.union([v.number(), v.object({ tokens: v.number() })]), 1),
  address: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => text !== 'here', 'it is no address of the web'),
    ),
    '',
  ),
});
const right = { format: 1, name: 'one', files: [{ bytes: 1 }] };

const CASES: readonly (readonly [what: string, value: unknown, words: string])[] = [
  ['no object', 'text', 'it is "text", where an object was expected'],
  ['a missing field', { ...right, name: undefined }, 'name is missing'],
  ['another type', { ...right, name: 7 }, 'name is 7, where a text was expected'],
  ['a list as an object', { ...right, name: {} }, 'name is an object, where a text was expected'],
  ['a text that is too long', { ...right, name: 'longer' }, 'name is "longer", where one of at most 5 characters was expected'],
  ['an empty list', { ...right, files: [] }, 'files is an empty list, where one of at least 1 entries was expected'],
  ['a field of an entry', { ...right, files: [{ bytes: 0 }] }, 'files.0.bytes is 0, where a number of at least 1 was expected'],
  ['half a byte', { ...right, files: [{ bytes: 0.5 }] }, 'files.0.bytes is 0.5, where a whole number was expected'],
  ['none of some values', { ...right, format: 3 }, 'format is 3, where 1 or 2 was expected'],
  ['not the one value', { ...right, kind: 'map' }, 'kind is "map", where "list" was expected'],
  ['none of some types', { ...right, of: 'x' }, 'of is "x", where a number or an object was expected'],
  ['another form', { ...right, path: 'a/b' }, 'path is "a/b", where a text of another form was expected'],
  ['what a schema has words for', { ...right, address: 'here' }, 'address: it is no address of the web'],
  ['a long text', { ...right, format: 'a'.repeat(90) }, `format is "${'a'.repeat(40)}…", where 1 or 2 was expected`],
];

describe('what is wrong with a document', () => {
  it.each(CASES)('is told in words: %s', (_, value, words) => {
    const read = v.safeParse(schema, value);
    if (read.success) throw new Error('it is read');
    expect(misfitOf(read.issues[0])).toBe(words);
  });
});

/** What the keywords of a schema say, and which of them are enforced. */
import { FormatError } from './grammar';
import type { Bound } from './numbers';

export type Fields = Readonly<Record<string, unknown>>;

const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type Type = (typeof TYPES)[number];

/** Keywords that say nothing of a value. */
const NOTES = new Set([
  ...['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  ...['$comment', '$schema', '$defs', 'definitions'],
]);
/** Keywords that must be alone, except for notes and, with values, a type. */
const ALONE = ['$ref', 'anyOf', 'enum', 'const'] as const;
/** What says something of values of one type. */
const OF_TYPE: Partial<Record<Type, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties'],
};
const ENFORCED = new Set<string>([...ALONE, 'type', ...Object.values(OF_TYPE).flat()]);
/** Other keywords of JSON Schema (2020-12 and earlier) and of OpenAPI. */
const OTHERS = new Set([
  ...['multipleOf', 'format', 'contentEncoding', 'contentMediaType', 'contentSchema'],
  ...['uniqueItems', 'contains', 'minContains', 'maxContains', 'unevaluatedItems', 'additionalItems'],
  ...['patternProperties', 'propertyNames', 'minProperties', 'maxProperties', 'unevaluatedProperties'],
  ...['dependentRequired', 'dependentSchemas', 'dependencies', 'if', 'then', 'else', 'allOf', 'oneOf', 'not'],
  ...['$id', 'id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor', '$vocabulary'],
  ...['nullable', 'discriminator', 'example', 'xml', 'externalDocs'],
]);
/** What may stand for a keyword that is not enforced. */
const INSTEAD: Readonly<Record<string, string>> = {
  oneOf: 'Write "anyOf" where no value fits two of them.',
  format: 'Write a "pattern".',
  nullable: 'Write "type": [..., "null"].',
};

/** @throws FormatError naming a keyword that is not enforced, or not together with another */
export function checkKeywords(fields: Fields, place: string): void {
  // A pattern says what a format means: zod writes both.
  const isNote = (keyword: string) =>
    NOTES.has(keyword) || (keyword === '$id' && place === '#') || (keyword === 'format' && 'pattern' in fields);
  const keywords = Object.keys(fields).filter((keyword) => !isNote(keyword));
  const unknown = keywords.find((keyword) => !ENFORCED.has(keyword));
  if (unknown !== undefined && !OTHERS.has(unknown)) throw misspelt(unknown, place);
  if (unknown !== undefined) {
    const otherwise = 'Leave it out and check the answer yourself, or write a grammar.';
    throw refused(`"${unknown}"`, place, Object.hasOwn(INSTEAD, unknown) ? (INSTEAD[unknown] as string) : otherwise);
  }
  const alone = ALONE.find((keyword) => keyword in fields);
  if (alone === undefined) return;
  const mayJoin = alone === 'enum' || alone === 'const' ? ['type'] : [];
  const beside = keywords.find((keyword) => keyword !== alone && !mayJoin.includes(keyword));
  if (beside !== undefined) throw refused(`"${beside}" next to "${alone}"`, place, `Let "${alone}" stand alone.`);
}

/** Letters at the beginning in which a misspelt keyword and the one that was meant are the same. */
const LEAST_ALIKE = 3;

/** A keyword that does not exist is refused, as nothing would enforce what it was meant to say. */
function misspelt(keyword: string, place: string): FormatError {
  const alike = (each: string) => Array.from(each).findIndex((letter, i) => letter.toLowerCase() !== keyword[i]?.toLowerCase());
  const nearest = (keywords: readonly string[]) =>
    keywords
      .map((each) => ({ each, letters: alike(each) === -1 ? each.length : alike(each) }))
      .filter(({ letters }) => letters >= LEAST_ALIKE)
      .sort((a, b) => b.letters - a.letters || a.each.length - b.each.length)[0]?.each;
  const meant = nearest([...ENFORCED, ...NOTES]) ?? nearest([...OTHERS]);
  return new FormatError(
    `${JSON.stringify(keyword)} at ${place} is no keyword of JSON Schema`,
    meant ? `Write "${meant}", or leave it out.` : 'Check its spelling, or leave it out.',
  );
}

export function refused(what: string, place: string, hint: string): FormatError {
  return new FormatError(`${what} at ${place} is not enforced`, hint);
}

/** The types that `fields` asks for; without a word on it those that it says something of, or any. */
export function typesOf(fields: Fields, place: string): readonly Type[] {
  const { type } = fields;
  if (type === undefined) {
    const meant = TYPES.filter((each) => OF_TYPE[each]?.some((keyword) => keyword in fields));
    // A whole number is a number too.
    return meant.length > 0 ? meant : TYPES.filter((each) => each !== 'integer');
  }
  const types = Array.isArray(type) && type.length > 0 ? type : [type];
  const unknown = types.find((each) => !TYPES.includes(each));
  if (unknown !== undefined || Array.isArray(types[0]))
    throw new FormatError(
      `"type" at ${place} is ${show(unknown)}, which is no type`,
      `Write one of ${TYPES.join(', ')}, or a list of them.`,
    );
  return types.includes('number') ? types.filter((each) => each !== 'integer') : types;
}

export function isOf(value: unknown, type: Type): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

export function bound(fields: Fields, keyword: string, place: string): Bound {
  const value = fields[keyword];
  if (value === undefined) return null;
  if (typeof value !== 'number') throw new FormatError(`"${keyword}" at ${place} is ${show(value)}, where a number is needed`);
  return { value, exclusive: keyword.startsWith('exclusive') };
}

export function tighter(inclusive: Bound, exclusive: Bound, choose: (...values: number[]) => number): Bound {
  if (!inclusive || !exclusive) return inclusive ?? exclusive;
  return choose(inclusive.value, exclusive.value) === exclusive.value ? exclusive : inclusive;
}

export function counts(fields: Fields, least: string, most: string, place: string): { readonly min: number; readonly max: number | null } {
  for (const keyword of [least, most]) {
    const value = fields[keyword];
    if (value !== undefined && !(Number.isInteger(value) && (value as number) >= 0)) {
      throw new FormatError(`"${keyword}" at ${place} is ${show(value)}, where a whole number from 0 on is needed`);
    }
  }
  return { min: (fields[least] as number | undefined) ?? 0, max: (fields[most] as number | undefined) ?? null };
}

export function fieldsOf(value: unknown, otherwise: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FormatError(otherwise);
  return value as Fields;
}

export function listOf(value: unknown, what: string, least = 1): readonly unknown[] {
  if (!Array.isArray(value) || value.length < least)
    throw new FormatError(`${what} is ${show(value)}, where a list${least > 0 ? ' with something in it' : ''} is needed`);
  return value;
}

export function show(value: unknown): string {
  const written = JSON.stringify(value) ?? 'not there';
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
}

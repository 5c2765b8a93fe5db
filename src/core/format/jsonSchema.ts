import { choice, EMPTY, type Expression, FormatError, type Grammar, NEVER, rule, text } from './grammar';
import { array, type Member, object } from './jsonLists';
import { anyString, JSON_RULES, quoted, stringBesides, written } from './jsonText';
import { bound, checkKeywords, counts, type Fields, fieldsOf, isOf, listOf, refused, show, type Type, tighter, typesOf } from './keywords';
import { ANY_NUMBER, boundedNumber, wholeNumber } from './numbers';
import { patternStrings } from './pattern';

/** Deepest nesting of a schema and of a value in it. */
const DEEPEST = 60;

/**
 * A schema of JSON Schema 2020-12, as the grammar of documents that fit it: every text of the grammar does, if not every document is a text of
 * it. Without a type, a schema is of the types that it says something of. Properties come in its order, and those that it does not name only where
 * `additionalProperties` says so or none is named; numbers have at most 15 digits, a bounded one no exponent; white space is bounded.
 *
 * @throws FormatError naming the keyword that is wrong or would not be enforced, and where
 */
export function schemaGrammar(schema: string): Grammar {
  let document: unknown;
  try {
    document = JSON.parse(schema);
  } catch (error) {
    throw new FormatError(`it is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  return new SchemaReader(document).grammar();
}

class SchemaReader {
  readonly #document: unknown;
  readonly #rules = new Map<string, Expression>(Object.entries(JSON_RULES));
  #shared = 0;

  constructor(document: unknown) {
    this.#document = document;
  }

  grammar(): Grammar {
    this.#rules.set('#', EMPTY);
    const root = this.#read(this.#document, '#', 0);
    if (root === NEVER) throw new FormatError('no value fits it');
    this.#rules.set('#', root);
    return { root: '#', rules: this.#rules };
  }

  /** The values of `schema`, which stands at `place`, a JSON pointer after #. */
  #read(schema: unknown, place: string, depth: number): Expression {
    if (depth > DEEPEST) throw new FormatError(`${place} is nested more than ${DEEPEST} deep`);
    if (schema === true) return this.#anything();
    if (schema === false) return NEVER;
    const fields = fieldsOf(schema, `${place} is ${show(schema)}, which is no schema`);
    checkKeywords(fields, place);
    if ('$ref' in fields) return this.#reference(fields.$ref, place, depth);
    if ('anyOf' in fields) {
      const options = listOf(fields.anyOf, `"anyOf" at ${place}`);
      return choice(...options.map((option, i) => this.#read(option, `${place}/anyOf/${i}`, depth + 1)));
    }
    const types = typesOf(fields, place);
    const values = 'const' in fields ? [fields.const] : 'enum' in fields ? listOf(fields.enum, `"enum" at ${place}`) : null;
    if (values)
      return choice(...values.filter((value) => types.some((type) => isOf(value, type))).map((value) => this.#exactly(value, depth)));
    return choice(...types.map((type) => this.#typed(type, fields, place, depth)));
  }

  #typed(type: Type, fields: Fields, place: string, depth: number): Expression {
    switch (type) {
      case 'null':
        return text('null');
      case 'boolean':
        return choice(text('true'), text('false'));
      case 'integer':
      case 'number': {
        const low = tighter(bound(fields, 'minimum', place), bound(fields, 'exclusiveMinimum', place), Math.max);
        const high = tighter(bound(fields, 'maximum', place), bound(fields, 'exclusiveMaximum', place), Math.min);
        if (type === 'integer') return wholeNumber(low, high);
        return low || high ? at(place, () => boundedNumber(low, high)) : ANY_NUMBER;
      }
      case 'string': {
        const { min, max } = counts(fields, 'minLength', 'maxLength', place);
        if (!('pattern' in fields)) return max !== null && max < min ? NEVER : anyString(min, max);
        const { pattern } = fields;
        if ('minLength' in fields || 'maxLength' in fields) throw refused('a length next to "pattern"', place, 'Let the pattern count.');
        if (typeof pattern !== 'string') throw new FormatError(`"pattern" at ${place} is ${show(pattern)}, and no text`);
        return quoted(written(at(place, () => patternStrings(pattern))));
      }
      case 'array':
        return this.#array(fields, place, depth);
      case 'object':
        return this.#object(fields, place, depth);
    }
  }

  #array(fields: Fields, place: string, depth: number): Expression {
    const first = 'prefixItems' in fields ? listOf(fields.prefixItems, `"prefixItems" at ${place}`) : [];
    if (Array.isArray(fields.items)) throw refused('a list of "items"', place, 'Call it "prefixItems".');
    const limits = counts(fields, 'minItems', 'maxItems', place);
    if (limits.max !== null && limits.max < limits.min) return NEVER;
    const items = first.map((item, i) => this.#read(item, `${place}/prefixItems/${i}`, depth + 1));
    const rest = this.#read(fields.items ?? true, `${place}/items`, depth + 1);
    return array(items, rest, limits, this.#share);
  }

  #object(fields: Fields, place: string, depth: number): Expression {
    const properties = Object.entries(
      fieldsOf(fields.properties ?? {}, `"properties" at ${place} is ${show(fields.properties)}, where an object is needed`),
    );
    const required = listOf(fields.required ?? [], `"required" at ${place}`, 0);
    const strange = required.find((name) => typeof name !== 'string');
    if (strange !== undefined) throw new FormatError(`"required" at ${place} names ${show(strange)}, which is not text`);
    const names = new Set(properties.map(([name]) => name));
    // Where a schema names no property, and does not forbid others, it lets any through.
    const additional = fields.additionalProperties ?? (properties.length === 0 ? true : undefined);
    const others = additional === undefined ? NEVER : this.#read(additional, `${place}/additionalProperties`, depth + 1);
    const unnamed = [...new Set(required as string[])].filter((name) => !names.has(name));
    const members = [
      ...properties.map(([name, schema]): [string, Expression] => [
        name,
        this.#read(schema, `${place}/properties/${escaped(name)}`, depth + 1),
      ]),
      ...unnamed.map((name): [string, Expression] => [name, fields.additionalProperties === undefined ? this.#anything() : others]),
    ].map(([name, value]): Member => ({ name: exactText(name), value, required: required.includes(name) }));
    return object(members, others === NEVER ? null : { name: stringBesides([...names, ...unnamed]), value: others }, this.#share);
  }

  /** Exactly `value`. */
  #exactly(value: unknown, depth: number): Expression {
    if (depth > DEEPEST) throw new FormatError(`a value is nested more than ${DEEPEST} deep`);
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#exactly(item, depth + 1));
      return array(items, null, { min: items.length, max: null }, this.#share);
    }
    if (typeof value !== 'object' || value === null) return exactText(value);
    const members = Object.entries(value).map(([name, member]) => ({
      name: exactText(name),
      value: this.#exactly(member, depth + 1),
      required: true,
    }));
    return object(members, null, this.#share);
  }

  #reference(reference: unknown, place: string, depth: number): Expression {
    const target = typeof reference === 'string' && /^#(\/|$)/.test(reference) ? decoded(reference) : null;
    if (target === null) throw refused(`"$ref": ${show(reference)}`, place, 'Refer to a place in the schema, as "#/$defs/name".');
    const name = `#${target}`;
    if (!this.#rules.has(name)) {
      this.#rules.set(name, EMPTY);
      const path = target
        .split('/')
        .slice(1)
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
      let found: unknown = this.#document;
      for (const key of path) {
        if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key))
          throw new FormatError(`"$ref" at ${place} names ${reference}, where nothing is`);
        found = (found as Fields)[key];
      }
      this.#rules.set(name, this.#read(found, name, depth + 1));
    }
    return rule(name);
  }

  /** Any JSON value. */
  #anything(): Expression {
    if (!this.#rules.has('any value')) {
      const any = rule('any value');
      this.#rules.set('any value', EMPTY);
      const list = array([], any, { min: 0, max: null }, this.#share);
      const members = object([], { name: anyString(), value: any }, this.#share);
      this.#rules.set('any value', choice(members, list, anyString(), ANY_NUMBER, text('true'), text('false'), text('null')));
    }
    return rule('any value');
  }

  readonly #share = (part: Expression): Expression => {
    if (part.kind === 'rule' || part === EMPTY || part === NEVER) return part;
    const name = `part ${this.#shared++}`;
    this.#rules.set(name, part);
    return rule(name);
  };
}

/** A text, a number, true, false or null, as it is written. */
function exactText(value: unknown): Expression {
  return text(JSON.stringify(value));
}

/** Says where a part stands that cannot be used. */
function at<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`at ${place}, ${error.message}`, error.hint);
    throw error;
  }
}

/** A JSON pointer that may be written as part of a URL. */
function decoded(reference: string): string | null {
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return null;
  }
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

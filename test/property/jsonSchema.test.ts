import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFormat } from '../../src/core/format/format';
import { allowedIds, judgement, matcherOf, STOP } from '../support/xgrammar';

/** A schema with documents that fit it, their properties in its order. */
interface Case {
  readonly schema: unknown;
  readonly fitting: fc.Arbitrary<unknown>;
}

const name = fc.oneof(
  fc.constantFrom('name', 'a"b', 'back\\slash', '', ' ', 'é😀', '__proto__', 'constructor', 'line\nend', '\0', '/~', 'na', '$ref'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.string({ unit: 'binary', maxLength: 5 }).filter((each) => each.isWellFormed());
const wholes = fc.oneof(
  fc.integer({ min: -150, max: 150 }),
  fc.maxSafeInteger().filter((n) => Math.abs(n) < 1e15),
);
const tenths = fc.integer({ min: -4000, max: 4000 }).map((n) => n / 100);
const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).filter(
  // Numbers of more digits than the grammar writes, and halves of characters, are left out.
  (value) => !/\d{16}|e[-+]?\d{3}|\d\.\d{16}|\\u[dD][89a-fA-F]/.test(JSON.stringify(value)) && !JSON.stringify(value).includes('-0'),
);

const plain: fc.Arbitrary<Case> = fc.oneof(
  fc.constantFrom<Case>(
    { schema: { type: 'boolean' }, fitting: fc.boolean() },
    { schema: { type: 'null', title: 'Nothing' }, fitting: fc.constant(null) },
    { schema: { type: 'string' }, fitting: text },
    { schema: { type: 'integer' }, fitting: wholes },
    { schema: { type: 'number' }, fitting: tenths },
    { schema: {}, fitting: json },
    { schema: true, fitting: json },
    { schema: { type: ['string', 'null'] }, fitting: fc.oneof(text, fc.constant(null)) },
    { schema: { pattern: '^[a-c]{2}"?\\d+$', type: 'string' }, fitting: fc.constantFrom('ab0', 'ca"12') },
    { schema: { pattern: '\\.(é|\\\\)', type: 'string' }, fitting: fc.constantFrom('.é', 'x\n.\\y', '".é😀') },
  ),
  fc.record({ min: fc.nat(3), more: fc.nat(4) }).map(({ min, more }) => ({
    schema: { type: 'string', minLength: min, maxLength: min + more },
    fitting: fc.array(fc.constantFrom('a', '"', '😀', '\n', '漢'), { minLength: min, maxLength: min + more }).map((all) => all.join('')),
  })),
  fc.record({ low: wholes, high: wholes, exclusive: fc.boolean() }).map(({ low, high, exclusive }) => {
    const [min, max] = [Math.min(low, high), Math.max(low, high)];
    const wide = exclusive ? { exclusiveMinimum: min - 1, exclusiveMaximum: max + 1 } : { minimum: min, maximum: max };
    const inside = fc.oneof(
      fc.constantFrom(min, max),
      fc.integer({ min: 0, max: 1e6 }).map((n) => min + Math.floor((max - min) * (n / 1e6))),
    );
    return { schema: { type: 'integer', ...wide }, fitting: inside.filter((n) => Math.abs(n) < 1e15) };
  }),
  fc.record({ low: tenths, high: tenths, open: fc.constantFrom('none', 'low', 'high') }).map(({ low, high, open }) => {
    const [min, max] = [Math.min(low, high), Math.max(low, high)];
    const limits = { ...(open === 'low' ? {} : { minimum: min }), ...(open === 'high' ? {} : { maximum: max }) };
    const inside = fc.integer({ min: Math.round(min * 100), max: Math.round(max * 100) }).map((n) => n / 100);
    return { schema: { type: 'number', ...limits }, fitting: inside };
  }),
  fc.uniqueArray(json, { minLength: 1, maxLength: 3 }).map((values) => ({ schema: { enum: values }, fitting: fc.constantFrom(...values) })),
  json.map((value) => ({ schema: { const: value }, fitting: fc.constant(value) })),
);

const cases = fc.letrec<{ any: Case }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    plain,
    fc
      .uniqueArray(fc.tuple(name, tie('any'), fc.boolean()), { maxLength: 4, selector: ([key]) => key })
      .map((members) => objectOf(members)),
    fc.record({ items: tie('any'), min: fc.nat(2), more: fc.nat(2), bounded: fc.boolean() }).map(({ items, min, more, bounded }) => ({
      schema: { type: 'array', items: items.schema, minItems: min, ...(bounded && { maxItems: min + more }) },
      fitting: fc.array(items.fitting, { minLength: min, maxLength: min + more }),
    })),
    fc.record({ first: tie('any'), second: tie('any'), rest: tie('any'), count: fc.nat(4) }).map(({ first, second, rest, count }) => ({
      schema: { type: 'array', prefixItems: [first.schema, second.schema], items: rest.schema, minItems: count, maxItems: 4 },
      fitting: fc
        .tuple(first.fitting, second.fitting, rest.fitting, rest.fitting)
        .chain((all) => fc.integer({ min: count, max: 4 }).map((n) => all.slice(0, n))),
    })),
    fc
      .tuple(tie('any'), tie('any'))
      .map(([a, b]) => ({ schema: { anyOf: [a.schema, b.schema] }, fitting: fc.oneof(a.fitting, b.fitting) })),
    tie('any').map((inner) => ({
      schema: { type: 'object', additionalProperties: inner.schema, properties: { own: { type: 'null' } } },
      fitting: fc
        .array(fc.tuple(name, inner.fitting))
        .map((others) => fields(others.filter(([key]) => key !== 'own' && JSON.stringify(key) === `"${key}"`))),
    })),
  ),
}));

function objectOf(members: readonly (readonly [string, Case, boolean])[]): Case {
  const [first] = members;
  const parts = members.map(([key, { fitting }, required]) =>
    fc.tuple(fc.constant(key), fitting, required ? fc.constant(true) : fc.boolean()),
  );
  return {
    schema: {
      type: 'object',
      properties: fields(members.map(([key, { schema }]) => [key, schema])),
      required: members.filter(([, , required]) => required).map(([key]) => key),
      ...(first === undefined && { additionalProperties: false }),
    },
    fitting: fc.tuple(...parts).map((all) => fields(all.filter(([, , there]) => there).map(([key, value]) => [key, value]))),
  };
}

/** An object whose members are its own whatever they are called. Whole numbers come first in it, as in every object; so names are not. */
function fields(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries.filter(([key]) => !/^\d+$/.test(key)));
}

const ajv = new Ajv2020({ strict: false, ownProperties: true });

describe('the grammar of a JSON schema', () => {
  it('lets documents through that fit it, as they are usually written', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases.any.chain(({ schema, fitting }) =>
          fc.record({ schema: fc.constant(schema), documents: fc.array(fitting, { minLength: 1, maxLength: 4 }) }),
        ),
        async ({ schema, documents }) => {
          const grammar = compileFormat({ type: 'json', schema: JSON.stringify(schema) });
          const matcher = await matcherOf(grammar);
          const fits = ajv.compile(JSON.parse(JSON.stringify(schema)));
          for (const document of documents) {
            // A bounded number is never written with an exponent.
            if (/[:[,]?-?\d+(\.\d+)?e[-+]?\d/.test(JSON.stringify(document)) && /m(in|ax)imum/i.test(JSON.stringify(schema))) continue;
            expect(fits(JSON.parse(JSON.stringify(document))), JSON.stringify({ schema, document })).toBe(true);
            for (const written of [JSON.stringify(document), JSON.stringify(document, null, 2)]) {
              expect(await judgement(matcher, written), JSON.stringify({ schema, written })).toBe('answer');
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('lets nothing else through: whatever is chosen among what it allows is JSON that fits', async () => {
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(cases.any, fc.infiniteStream(fc.nat(1 << 20)), async ({ schema }, chance) => {
        const matcher = await matcherOf(compileFormat({ type: 'json', schema: JSON.stringify(schema) }));
        const fits = ajv.compile(JSON.parse(JSON.stringify(schema)));
        for (let walk = 0; walk < 3; walk++) {
          const bytes: number[] = [];
          while (bytes.length < 300) {
            const allowed = await allowedIds(matcher);
            expect(allowed).not.toEqual([]);
            const [dice = 0, which = 0] = [chance.next().value, chance.next().value];
            // What ends something is chosen more often than by chance, so that walks end.
            const ends = allowed.filter((id) => id === STOP || '"]}'.includes(String.fromCharCode(id)));
            const from = ends.length > 0 && dice % 3 > 0 ? ends : allowed;
            const id = from[which % from.length] as number;
            if (id === STOP) {
              const answer = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
              expect(fits(JSON.parse(answer)), JSON.stringify({ schema, answer })).toBe(true);
              ended++;
              break;
            }
            expect(matcher.acceptToken(id)).toBe(true);
            bytes.push(id);
          }
          matcher.rollBack(bytes.length);
        }
      }),
      { numRuns: 150 },
    );
    expect(ended).toBeGreaterThan(200);
  });
});

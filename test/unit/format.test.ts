import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FailureError } from '../../src/core/failure';
import { compileFormat } from '../../src/core/format/format';
import type { JudgedRow } from '../../src/core/loop/verify';
import type { ResponseFormat } from '../../src/core/types';
import { judgeHeld, TokenGrammar, unbroken } from '../../src/model/grammar';
import { allowedIds, judgement, matcherOf, STOP } from '../support/xgrammar';

function refusal(format: ResponseFormat): FailureError['failure'] {
  try {
    compileFormat(format);
  } catch (error) {
    return (error as FailureError).failure;
  }
  throw new Error(`${JSON.stringify(format)} was not refused`);
}
const schema = (value: unknown): ResponseFormat => ({ type: 'json', schema: JSON.stringify(value) });
const grammar = (text: string): ResponseFormat => ({ type: 'grammar', grammar: text });

/** What cannot be used, with what is said of it. */
const REFUSED_SCHEMAS: readonly (readonly [unknown, string])[] = [
  [{ type: 7 }, '"type" at # is 7, which is no type'],
  [{ type: [] }, '"type" at # is []'],
  [{ type: 'float' }, '"type" at # is "float"'],
  [7, '# is 7, which is no schema'],
  [null, '# is null, which is no schema'],
  [[], '# is [], which is no schema'],
  [false, 'no value fits it'],
  [{ type: 'integer', multipleOf: 7 }, '"multipleOf" at # is not enforced'],
  [{ properties: { 'a/b': { type: 'string', format: 'date' } } }, '"format" at #/properties/a~1b is not enforced'],
  ...['uniqueItems', 'contains', 'minProperties', 'patternProperties', 'not', 'oneOf', 'allOf', 'if', 'dependentRequired', 'nullable'].map(
    (keyword): [unknown, string] => [{ items: { [keyword]: true } }, `"${keyword}" at #/items is not enforced`],
  ),
  [{ items: { minItem: 1 } }, '"minItem" at #/items is no keyword of JSON Schema'],
  [{ anyOf: [{ type: 'null' }], type: 'null' }, '"type" next to "anyOf" at # is not enforced'],
  [{ enum: [1, 2], minimum: 2 }, '"minimum" next to "enum" at # is not enforced'],
  [{ $ref: '#/$defs/a', $defs: {} }, '"$ref" at # names #/$defs/a, where nothing is'],
  [{ $ref: 'https://example.org/a' }, '"$ref": "https://example.org/a" at # is not enforced'],
  [{ $ref: '#' }, '# leads nowhere'],
  [{ $defs: { a: { items: { $ref: '#/$defs/a' }, minItems: 1, type: 'array' } }, $ref: '#/$defs/a' }, '#/$defs/a leads nowhere'],
  [{ properties: 7 }, '"properties" at # is 7, where an object is needed'],
  [{ properties: { a: 7 } }, '#/properties/a is 7, which is no schema'],
  [{ required: 'a' }, '"required" at # is "a", where a list is needed'],
  [{ required: [7] }, '"required" at # names 7, which is not text'],
  [{ properties: { a: true }, required: ['b'], additionalProperties: false, type: 'object' }, 'no value fits it'],
  [{ enum: [] }, '"enum" at # is [], where a list with something in it is needed'],
  [{ type: 'string', enum: [7] }, 'no value fits it'],
  [{ type: 'integer', minimum: '7' }, '"minimum" at # is "7", where a number is needed'],
  [{ type: 'integer', minimum: 3, maximum: 2 }, 'no value fits it'],
  [{ type: 'number', minimum: 1e300 }, 'at #, a bound of 1e+300 is not enforced'],
  [{ type: 'integer', exclusiveMinimum: true }, '"exclusiveMinimum" at # is true, where a number is needed'],
  [{ type: 'string', minLength: -1 }, '"minLength" at # is -1, where a whole number'],
  [{ type: 'string', maxLength: 1e9 }, '# repeats something 1000000000 times, and at most 10000'],
  [{ type: 'string', pattern: '(' }, 'the pattern "(" is not a valid regular expression'],
  [{ type: 'string', pattern: '(?=a)b' }, 'the pattern "(?=a)b" has a group (?=…), which is not enforced'],
  [{ type: 'string', pattern: 'a\\b' }, '"\\b", which is not enforced'],
  [{ type: 'string', pattern: 'a$b' }, 'which is not enforced'],
  [{ type: 'string', pattern: 'a', minLength: 3 }, 'a length next to "pattern" at # is not enforced'],
  [{ items: [{ type: 'null' }] }, 'a list of "items" at # is not enforced'],
];

const TOO_LARGE: readonly (readonly [string, string])[] = [
  ['a type', `{"type":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['a pattern', JSON.stringify({ pattern: `${'(?:'.repeat(20_000)}a${')'.repeat(20_000)}` })],
  ['a list of values', JSON.stringify({ enum: Array.from({ length: 200_000 }, (_, i) => i) })],
];

const REFUSED_GRAMMARS: readonly (readonly [string, string])[] = [
  ['', 'there is no rule "root"'],
  ['root :=', 'line 1, column 1: a rule is expected here'],
  ['rot ::= "a"', 'there is no rule "root"'],
  ['root ::= "a" b', 'line 1, column 14: there is no rule "b"'],
  ['root ::= "a"\nroot ::= "b"', 'line 2, column 1: the rule "root" has been written before'],
  ['root ::=', 'line 1, column 9: the end where a "text", a [class], a (group) or a rule\'s name is expected'],
  ['root ::= "a" |', 'the end where'],
  ['root ::= "a', 'line 1, column 10: this text is not closed'],
  ['root ::= [a', 'this class is not closed'],
  ['root ::= []', 'a class that no character is in'],
  ['root ::= [^\\U00000000-\\U0010ffff]', 'a class that no character is in'],
  ['root ::= [z-a]', 'a range that ends before it begins'],
  ['root ::= ("a"', 'this group is not closed'],
  ['root ::= "a"{3,2}', 'a count from 3 to 2'],
  ['root ::= "a"{x}', 'a whole number is expected here'],
  ['root ::= "a"{1', 'this count is not closed'],
  ['root ::= "a"{20000}', 'the rule "root" repeats something 20000 times'],
  ['root ::= "a" (= "b")', 'lookaheads (=…) are not supported'],
  ['root ::= "\\q"', '"\\q" stands for nothing'],
  ['root ::= "\\ud800"', 'half of a character'],
  ['root ::= "\ud800"', 'half of a character'],
  ['root ::= "\\U00110000"', 'is not a character'],
  [`root ::= ${'('.repeat(200)}"a"${')'.repeat(200)}`, 'more than 100 groups within each other'],
  [`root ::= "${'a'.repeat(300_000)}"`, 'it has 18751 parts, and at most 10000 can be compiled'],
  [
    `root ::= ${Array.from({ length: 20 }, (_, i) => `[a-${String.fromCharCode(98 + i)}]{250}`).join(' ')}`,
    'it takes more than 3000 rules',
  ],
  ['root ::= root', 'the rule "root" leads nowhere'],
  ['root ::= "a" dead | "b"\ndead ::= "x" dead', 'the rule "dead" leads nowhere'],
  ['root ::= a | b\na ::= b\nb ::= a', 'leads nowhere'],
  ['root ::= "a" dead*\ndead ::= dead "x"', 'the rule "dead" leads nowhere'],
];

describe('a JSON schema', () => {
  it.each(REFUSED_SCHEMAS)('%j is refused with what is wrong and where in the schema', (value, what) => {
    const { code, message, hint } = refusal(schema(value));
    expect(code).toBe('invalid-setting');
    expect(message).toContain(`The JSON schema of the response format cannot be used: `);
    expect(message).toContain(what);
    expect(hint.length).toBeGreaterThan(10);
    expect(refusal(schema(value))).toEqual({ code, message, hint });
  });

  it.each([
    ['minItem', 'minItems'],
    ['minimun', 'minimum'],
    ['propertys', 'properties'],
    ['Required', 'required'],
    ['maxLenght', 'maxLength'],
    ['oneof', 'oneOf'],
  ])('with the keyword %s is refused with the hint to write %s', (keyword, meant) => {
    expect(refusal(schema({ [keyword]: 1 })).hint).toBe(`Write "${meant}", or leave it out.`);
    expect(refusal(schema({ entries: 1 })).hint).toBe('Check its spelling, or leave it out.');
  });

  it('that is not JSON, or not text, is refused as that', () => {
    expect(refusal({ type: 'json', schema: '{"type": ' }).message).toContain('it is not JSON');
    expect(refusal({ type: 'json', schema: { type: 'null' } as unknown as string }).message).toContain('it is not text');
    expect(refusal(schema(JSON.parse(`${'{"items":'.repeat(200)}{}${'}'.repeat(200)}`))).message).toContain('nested more than');
  });

  it.each(TOO_LARGE)('that is too large to be read, by %s, is refused as that', (_, text) => {
    const { code, message } = refusal({ type: 'json', schema: text });
    expect(code).toBe('invalid-setting');
    expect(message).toMatch(/too long, or nested too deep|is not a valid regular expression/);
  });

  it('with a long pattern is read in no time', () => {
    expect(refusal(schema({ pattern: 'a'.repeat(60_000) })).message).toContain('and at most 10000 can be compiled');
    expect(refusal(schema({ pattern: 'a{2}\\u{62}'.repeat(6000) })).message).toContain('and at most 10000 can be compiled');
  }, 10_000);

  it('may refer to itself, to any place, and hold itself', async () => {
    const tree = {
      type: 'object',
      properties: { 'a/b~': { $ref: '#' }, 'ü"': { $ref: '#/properties/a~1b~0' }, v: { $ref: '#/%24defs/v' } },
      $defs: { v: { type: 'null' } },
    };
    const matcher = await matcherOf(compileFormat(schema(tree)));
    expect(await judgement(matcher, '{"a/b~": {"ü\\"": {}}, "v": null}')).toBe('answer');
    expect(await judgement(matcher, '{"v": 1')).toBe('neither');
  });

  it('that has no type is of the types that it says something of', async () => {
    const matcher = await matcherOf(compileFormat(schema({ properties: { n: { minimum: 3 } }, required: ['n'] })));
    expect(await judgement(matcher, '{"n": 3.5}')).toBe('answer');
    for (const other of ['"n"', '3', 'null', '{}', '{"n": "3"}', '{"n": 2}'])
      expect(await judgement(matcher, other), other).not.toBe('answer');
  });

  it('lets no white space run on', async () => {
    const matcher = await matcherOf(compileFormat(schema({ type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] })));
    for (const start of ['', '{', '{"ok"', '{"ok":', '{"ok": true', '{"ok": true}']) {
      for (const white of [' ', '\n', '\t', '\n ', '\n\t', '\r']) {
        // A line's indentation is the longest of it.
        expect(await judgement(matcher, start + white.repeat(40)), JSON.stringify(start + white)).toBe('neither');
        expect(await judgement(matcher, `${start}\n${white.repeat(40)}`), JSON.stringify(start + white)).toBe('neither');
      }
    }
  });
});

describe('a grammar', () => {
  it.each(REFUSED_GRAMMARS)('%j is refused with what is wrong and where in the grammar', (text, what) => {
    const { code, message } = refusal(grammar(text));
    expect(code).toBe('invalid-setting');
    expect(message).toContain('The grammar of the response format cannot be used: ');
    expect(message).toContain(what);
  });

  it('may begin with itself, hold rules that nothing needs, comments and every escape', async () => {
    const text = '# sums\nroot ::= root "+" n | n # of digits\nn ::= [0-9]+\nunused ::= unused "\\x41\\u00e9\\U0001F600\\n\\t\\"\\\\"';
    const matcher = await matcherOf(compileFormat(grammar(text)));
    expect(await judgement(matcher, '1+22+3')).toBe('answer');
    expect(await judgement(matcher, '1+')).toBe('beginning');
    const escapes = await matcherOf(compileFormat(grammar('root ::= "\\x41\\u00e9\\U0001F600\\n" [\\]\\-\\^é]+')));
    expect(await judgement(escapes, 'Aé😀\n]-^é')).toBe('answer');
  });

  it('as large as it may be is compiled', async () => {
    const rules = Array.from({ length: 500 }, (_, i) => `r${i} ::= "a" r${i + 1}? | "${i}"`);
    const matcher = await matcherOf(
      compileFormat(grammar(`root ::= r0\n${rules.join('\n')}\nr500 ::= [a-zé]{0,10000} "${'x'.repeat(3000)}"`)),
    );
    expect(await judgement(matcher, 'aaa3')).toBe('answer');
  });
});

describe('a format that a pattern says', () => {
  it('is a note, as zod writes both of an e-mail address', async () => {
    const matcher = await matcherOf(compileFormat(schema({ type: 'string', format: 'email', pattern: '^[a-z]+@[a-z]+[.]com$' })));
    expect(await judgement(matcher, '"ann@mail.com"')).toBe('answer');
    expect(await judgement(matcher, '"ann"')).toBe('neither');
  });
});

describe('the masks of a run', () => {
  const format: ResponseFormat = { type: 'grammar', grammar: 'root ::= "the grammar that was asked for"' };
  // Past every check, straight to the matcher.
  const grammarOf = async (text: string, vocabularySize = STOP + 1) =>
    new TokenGrammar(await matcherOf(text), { format, vocabularySize, promptLength: 2 });
  const deadEnd = {
    failure: { code: 'format-dead-end', message: expect.stringContaining('root ::= "the grammar that was asked for" leads nowhere') },
  };

  it('tell of a grammar that leads nowhere, from its beginning or in its middle, before anything is computed', async () => {
    await expect((await grammarOf('root ::= root')).masks([])).rejects.toMatchObject(deadEnd);
    const middle = await grammarOf('root ::= "a" d | "b"\nd ::= "x" d');
    await middle.masks([]);
    const history = [1, 2, 97, ...Array.from('xxx', () => 120)];
    await middle.advance(history);
    expect((await middle.masks([])).some((word) => word !== 0)).toBe(true);
    const dead = await grammarOf('root ::= "a" d | "b"\nd ::= d "x"');
    await dead.advance([1, 2, 97]);
    await expect(dead.masks([])).rejects.toMatchObject(deadEnd);
  });

  it('tell of a grammar that wants tokens beyond the vocabulary', async () => {
    const beyond = await grammarOf('root ::= "z" | "é"', 'z'.charCodeAt(0));
    await expect(beyond.masks([])).rejects.toMatchObject(deadEnd);
    const within = await grammarOf('root ::= "z" | "é"', 'z'.charCodeAt(0) + 1);
    await expect(within.masks([])).resolves.toHaveLength(4);
  });

  it('let a draft that leads into a dead end be judged, and tell of it only where it is accepted', async () => {
    const dead = await grammarOf('root ::= "a" d | "b"\nd ::= d "x"');
    const words = Math.ceil((STOP + 1) / 32);
    expect(await dead.masks([97, 98])).toHaveLength(3 * words);
    expect(dead.deadEnd(0)).toBeNull();
    expect(dead.deadEnd(1)).toMatchObject(deadEnd);
    await dead.masks([98]);
    expect(dead.deadEnd(1)).toBeNull();
  });

  it('let no draft be accepted behind a dead end', async () => {
    const dead = await grammarOf('root ::= "a" d | "b"\nd ::= d "x"');
    const row = (id: number, accepted = true): JudgedRow => {
      return { token: id, tokenP: 1, u: null, top: null, draft: { id, p: 1, q: 1, accepted } };
    };
    const verdicts = async (drafts: number[], rows: JudgedRow[]) => {
      await dead.masks(drafts);
      const { drafts: judged, deadEnd: why } = judgeHeld([...rows, { ...row(STOP), draft: null }], dead);
      return [judged.map(({ verdict }) => verdict), why ?? null];
    };
    const [judged, why] = await verdicts([97, STOP], [row(97), row(STOP)]);
    expect(judged).toEqual(['accepted', 'rejected']);
    expect(why).toMatchObject(deadEnd);
    expect(await verdicts([97, STOP], [row(97, false), row(STOP)])).toEqual([['rejected', 'discarded'], null]);
  });

  it('come one by one for drafts that are known, and null where everything may come', async () => {
    const known = await grammarOf('root ::= "ab" | "ac" d | "x"\nd ::= d "x"');
    const allowed = async (drafts: number[]) => {
      const mask = await known.maskAfter(drafts);
      return mask && Array.from({ length: STOP + 1 }, (_, id) => id).filter((id) => ((mask[id >>> 5] as number) >>> (id & 31)) & 1);
    };
    const ids = (text: string) => Array.from(text, (each) => each.charCodeAt(0));
    expect(await allowed([])).toEqual(ids('ax'));
    expect(await allowed(ids('a'))).toEqual(ids('bc'));
    expect(await allowed(ids('ab'))).toEqual([STOP]);
    // Past the end, in a dead end, and after what no mask lets come.
    for (const drafts of [[...ids('ab'), STOP], ids('ac'), ids('q')]) expect(await allowed(drafts)).toBeNull();
    // Nothing was taken in.
    await known.advance([1, 2, ...ids('a')]);
    expect(await allowed(ids('b'))).toEqual([STOP]);
  });

  it('come from the matcher that web-llm has', () => {
    const read = (name: string) =>
      JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, '../../node_modules', name, 'package.json'), 'utf8'));
    expect(read('@mlc-ai/web-xgrammar').version).toBe(read('@mlc-ai/web-llm').devDependencies['@mlc-ai/web-xgrammar']);
  });

  it('let an answer end where it is whole', async () => {
    const matcher = await matcherOf(compileFormat({ type: 'json', schema: null }));
    for (const byte of new TextEncoder().encode('{"a": [1, true]}')) expect(matcher.acceptToken(byte)).toBe(true);
    expect(await allowedIds(matcher)).toEqual([STOP]);
  });

  // The last, since nothing can be asked of a matcher that has aborted.
  it('say that the engine is lost where the matcher breaks', async () => {
    await expect(unbroken(() => matcherOf('root :='))).rejects.toMatchObject({
      failure: { code: 'engine-lost', message: expect.stringContaining('Aborted'), hint: 'Run again: the models load again.' },
    });
  });
});

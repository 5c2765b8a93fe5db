import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFormat } from '../../src/core/format/format';
import { utf8Ranges } from '../../src/core/format/utf8';
import { allowedIds, judgement, matcherOf } from '../support/xgrammar';

/** A grammar as the test has it, apart from the one under test. */
type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'class'; readonly not: boolean; readonly characters: readonly string[] }
  | { readonly is: 'group'; readonly options: readonly (readonly Part[])[] }
  | { readonly is: 'times'; readonly part: Part; readonly min: number; readonly max: number }
  | { readonly is: 'rule'; readonly index: number };

const ALPHABET = ['a', 'b', '"', '\\', ']', '-', '^', '\n', '\0', 'é', 'Ā', '漢', '😀', '\u{10ffff}', '\u007f', '\u0080'];
// Few of them often, so that alternatives have much in common.
const character = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'b') }, { weight: 1, arbitrary: fc.constantFrom(...ALPHABET) });
const RULES = 3;

const parts = fc.letrec<{ part: Part }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    // Alternatives of different lengths, of classes that overlap.
    fc
      .array(fc.array(fc.subarray(['a', 'b', 'é'], { minLength: 1 }), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })
      .map((options) => ({
        is: 'group' as const,
        options: options.map((classes) => classes.map((characters) => ({ is: 'class' as const, not: false, characters }))),
      })),
    fc.record({ is: fc.constant('text' as const), text: fc.string({ unit: character, maxLength: 3 }) }),
    fc.record({ is: fc.constant('class' as const), not: fc.boolean(), characters: fc.array(character, { minLength: 1, maxLength: 4 }) }),
    fc.record({ is: fc.constant('rule' as const), index: fc.nat(RULES - 1) }),
    fc.record({
      is: fc.constant('group' as const),
      options: fc.array(fc.array(tie('part'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    }),
    fc
      .record({ is: fc.constant('times' as const), part: tie('part'), min: fc.nat(3), more: fc.oneof(fc.nat(3), fc.constant(Infinity)) })
      .map(({ is, part, min, more }) => ({ is, part, min, max: min + more })),
  ),
}));

const written = (text: string) => Array.from(text, (one) => `\\U${(one.codePointAt(0) as number).toString(16).padStart(8, '0')}`).join('');

function write(part: Part): string {
  if (part.is === 'text') return `"${written(part.text)}"`;
  if (part.is === 'class') return `[${part.not ? '^' : ''}${written(part.characters.join(''))}]`;
  if (part.is === 'rule') return part.index === 0 ? 'root' : `rule-${part.index}`;
  if (part.is === 'group') return `(${part.options.map((option) => option.map(write).join(' ')).join(' | ')})`;
  return `(${write(part.part)}){${part.min},${part.max === Infinity ? '' : part.max}}`;
}

/** Where `part` may end in `text` when it begins at `from`, as far as known; what is asked for is noted in `known`. */
function ends(part: Part, text: readonly string[], from: number, known: Map<string, Set<number>>): Set<number> {
  if (part.is === 'text') {
    const wanted = Array.from(part.text);
    return new Set(wanted.every((one, i) => text[from + i] === one) ? [from + wanted.length] : []);
  }
  if (part.is === 'class') {
    const next = text[from];
    return new Set(next !== undefined && part.characters.includes(next) !== part.not ? [from + 1] : []);
  }
  if (part.is === 'rule') {
    const key = `${part.index} ${from}`;
    if (!known.has(key)) known.set(key, new Set());
    return known.get(key) as Set<number>;
  }
  const then = (starts: Set<number>, next: Part) => new Set([...starts].flatMap((start) => [...ends(next, text, start, known)]));
  if (part.is === 'group') return new Set(part.options.flatMap((option) => [...option.reduce(then, new Set([from]))]));
  // After as many as there are characters, one more adds nothing that fewer did not.
  let reached = new Set([from]);
  const all = new Set(part.min === 0 ? [from] : []);
  for (let times = 1; times <= Math.min(part.max, part.min + text.length + 1); times++) {
    reached = then(reached, part.part);
    if (times >= part.min) for (const end of reached) all.add(end);
  }
  return all;
}

/** Whether the first rule is all of `text`: what is known grows until it no longer does, so that rules may begin with themselves. */
function fits(rules: readonly Part[], text: readonly string[]): boolean {
  const known = new Map([['0 0', new Set<number>()]]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [key, found] of known) {
      const [index = 0, from = 0] = key.split(' ').map(Number);
      for (const end of ends(rules[index] as Part, text, from, known)) {
        grown ||= !found.has(end);
        found.add(end);
      }
    }
  }
  return known.get('0 0')?.has(text.length) ?? false;
}

/** Compiled, or null if it was refused. */
async function compiled(grammar: string) {
  try {
    return await matcherOf(compileFormat({ type: 'grammar', grammar }));
  } catch (error) {
    expect(error).toMatchObject({
      failure: { code: 'invalid-setting', message: expect.stringMatching(/leads nowhere|no character is in/) },
    });
    return null;
  }
}

describe('a grammar', () => {
  it('lets through what it says and nothing else, whatever it is made of, and never leads into a dead end', async () => {
    const seen = { answer: 0, beginning: 0, neither: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(parts.part, { minLength: RULES, maxLength: RULES }),
        fc.array(fc.array(character, { maxLength: 6 }), { maxLength: 12 }),
        async (rules, texts) => {
          const grammar = rules.map((part, index) => `${write({ is: 'rule', index })} ::= ${write(part)}`).join('\n');
          const matcher = await compiled(grammar);
          if (!matcher) {
            seen.refused++;
            return;
          }
          // What the grammar itself leads to, besides.
          const walked: number[] = [];
          for (let step = 0; step < 8; step++) {
            const allowed = await allowedIds(matcher);
            expect(allowed, `${grammar} after ${walked}`).not.toEqual([]);
            const bytes = allowed.filter((id) => id < 256);
            if (bytes.length === 0) break;
            const next = bytes[(step * 7 + grammar.length) % bytes.length] as number;
            expect(matcher.acceptToken(next)).toBe(true);
            walked.push(next);
          }
          matcher.rollBack(walked.length);
          const walkedText = Array.from(new TextDecoder().decode(Uint8Array.from(walked)));
          const prefixes = walkedText.map((_, i) => walkedText.slice(0, i + 1)).filter((prefix) => !prefix.includes('\ufffd'));
          for (const text of [[], ...texts, ...prefixes]) {
            const verdict = await judgement(matcher, text.join(''));
            seen[verdict]++;
            expect(verdict === 'answer', `${grammar}\n${JSON.stringify(text.join(''))}`).toBe(fits(rules, text));
          }
        },
      ),
      { numRuns: 300 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
  });

  it('spells characters as UTF-8 does, and no halves of them', () => {
    const code = fc.nat(0x10ffff).filter((each) => each < 0xd800 || each > 0xdfff);
    const edges = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff];
    fc.assert(
      fc.property(fc.oneof(code, fc.constantFrom(...edges)), fc.oneof(code, fc.constantFrom(...edges)), fc.array(code), (a, b, codes) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        if (first < 0xd800 && last > 0xdfff) return;
        const alternatives = utf8Ranges(first, last);
        for (const each of [...codes, ...edges, first, last, first - 1, last + 1].filter((one) => one >= 0 && one <= 0x10ffff)) {
          if (each >= 0xd800 && each <= 0xdfff) continue;
          const bytes = new TextEncoder().encode(String.fromCodePoint(each));
          const fitting = alternatives.filter(
            (ranges) =>
              ranges.length === bytes.length && ranges.every(([from, to], i) => from <= (bytes[i] as number) && (bytes[i] as number) <= to),
          );
          expect(fitting).toHaveLength(first <= each && each <= last ? 1 : 0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

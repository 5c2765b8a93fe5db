import { type Expression, FormatError, type Grammar } from './grammar';
import { reachable, WRITTEN_OUT } from './print';

/** Most parts of a grammar, by what they take to compile: some seconds in all. */
const LARGEST = 10_000;
/** Characters of a text that take as long as a class. */
const TEXT = 16;
/** Parts that a count is worth which is not written out. */
const COUNT = 1000;
/** Highest count of one repetition. */
const MOST_TIMES = 10_000;

/**
 * Refuses a grammar that cannot be compiled, or in which something can be begun that can never be ended.
 *
 * @param nameOf how a rule is called before a person; null for rules that are part of another, except the root
 * @throws FormatError naming the rule that cannot be ended, or the limit that is passed
 */
export function checkGrammar(grammar: Grammar, nameOf: (rule: string) => string | null): void {
  const needed = [...reachable(grammar)].map((name) => [name, grammar.rules.get(name) as Expression] as const);
  let size = 0;
  for (const [name, expression] of needed) size += sizeOf(expression, nameOf(name) ?? 'it');
  if (size > LARGEST) throw new FormatError(`it has ${size} parts, and at most ${LARGEST} can be compiled`, 'Make it shorter.');

  const ending = new Set<string>();
  for (let before = -1; before < ending.size; ) {
    before = ending.size;
    // A rule comes after one that needs it, so most are known in one pass from the last.
    for (const [name, expression] of needed.toReversed()) if (canEnd(expression, ending)) ending.add(name);
  }
  // The rules deepest in hold the cause.
  const endless = needed.map(([name]) => (ending.has(name) ? null : nameOf(name))).findLast((name) => name !== null);
  if (endless) {
    const what = `${endless} leads nowhere: whatever is written, it is never complete`;
    throw new FormatError(what, 'Give it an alternative that does not need itself.');
  }
}

function sizeOf(expression: Expression, where: string): number {
  switch (expression.kind) {
    case 'text':
      return 1 + Math.ceil(expression.text.length / TEXT);
    case 'class':
      return expression.ranges.length;
    case 'rule':
      return 1;
    case 'repeat': {
      const times = expression.max ?? expression.min;
      if (times > MOST_TIMES)
        throw new FormatError(
          `${where} repeats something ${times} times, and at most ${MOST_TIMES} can be compiled`,
          'Take a lower count, or none.',
        );
      return (times > WRITTEN_OUT ? COUNT : 1) + sizeOf(expression.of, where);
    }
    case 'sequence':
      return expression.parts.reduce((sum, part) => sum + sizeOf(part, where), 1);
    case 'choice':
      return expression.of.reduce((sum, part) => sum + sizeOf(part, where), 1);
  }
}

/** Whether some text fits, given the rules that some text is known to fit. */
function canEnd(expression: Expression, ending: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case 'text':
    case 'class':
      return true;
    case 'rule':
      return ending.has(expression.name);
    case 'repeat':
      return expression.min === 0 || canEnd(expression.of, ending);
    case 'sequence':
      return expression.parts.every((part) => canEnd(part, ending));
    case 'choice':
      return expression.of.some((part) => canEnd(part, ending));
  }
}

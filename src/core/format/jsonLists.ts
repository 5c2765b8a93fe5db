import { choice, EMPTY, type Expression, NEVER, optional, repeat, sequence, text } from './grammar';
import { COLON, COMMA, GAP } from './jsonText';

/** Makes a rule of an expression that stands in several places. */
export type Share = (part: Expression) => Expression;

export interface Member {
  readonly name: Expression;
  readonly value: Expression;
  readonly required: boolean;
}

/**
 * `{ … }` with `members` in their order, each there or not, and any number of `others` after them. From the last to the first: what may follow where
 * something stands already, and where nothing does.
 *
 * @param others null: none
 */
export function object(members: readonly Member[], others: Omit<Member, 'required'> | null, share: Share): Expression {
  const written = ({ name, value }: Omit<Member, 'required'>) => share(sequence(name, COLON, value));
  const other = others && others.value !== NEVER ? written(others) : null;
  let following: Expression = other ? share(repeat(sequence(COMMA, other), 0, null)) : EMPTY;
  let first: Expression = other ? share(optional(sequence(other, following))) : EMPTY;
  for (const member of members.toReversed()) {
    const [before, alone] = [following, first];
    if (member.value === NEVER) {
      if (member.required) return NEVER;
      continue;
    }
    const item = written(member);
    const begun = sequence(item, before);
    const further = sequence(COMMA, item, before);
    first = share(member.required ? begun : choice(begun, alone));
    following = share(member.required ? further : choice(further, before));
  }
  return enclosed('{', first, '}');
}

/** `[ … ]` of `items`, then of `rest`, `min` to `max` in all. @param rest null: none; `max` null: without end */
export function array(
  items: readonly Expression[],
  rest: Expression | null,
  { min, max }: { readonly min: number; readonly max: number | null },
  share: Share,
): Expression {
  const firsts = items.slice(0, max ?? items.length);
  const least = Math.max(0, min - firsts.length);
  const most = max === null ? null : max - firsts.length;
  const item = rest && most !== 0 ? share(rest) : NEVER;
  if (firsts.length === 0) return enclosed('[', separated(item, least, most), ']');
  const following = firsts
    .slice(1)
    .reduceRight((behind, next, i) => share(asked(sequence(COMMA, next, behind), i + 1 < min)), repeat(sequence(COMMA, item), least, most));
  return enclosed('[', asked(sequence(firsts[0] as Expression, following), min > 0), ']');
}

function asked(part: Expression, required: boolean): Expression {
  return required ? part : optional(part);
}

function separated(item: Expression, min: number, max: number | null): Expression {
  const more = sequence(item, repeat(sequence(COMMA, item), Math.max(0, min - 1), max === null ? null : Math.max(0, max - 1)));
  return asked(more, min > 0);
}

function enclosed(open: string, inner: Expression, close: string): Expression {
  return inner === EMPTY ? text(open + close) : sequence(text(open), GAP, inner, GAP, text(close));
}

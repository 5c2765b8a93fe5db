import { anyOf, choice, EMPTY, type Expression, FormatError, NEVER, oneOf, optional, repeat, sequence, text } from './grammar';
import { DIGIT, MOST_DIGITS } from './jsonText';

/** An end of a range; null: none. */
export type Bound = { readonly value: number; readonly exclusive: boolean } | null;

const LARGEST_WHOLE = 10 ** MOST_DIGITS - 1;
/** Digits before and after the decimal point of a bounded number. */
const BOUNDED_DIGITS = { before: 9, behind: 6 } as const;

/** Any number that is written in 15 digits before the decimal point, 15 after it, and an exponent of two. */
export const ANY_NUMBER: Expression = sequence(
  optional(text('-')),
  choice(text('0'), sequence(oneOf([0x31, 0x39]), repeat(DIGIT, 0, MOST_DIGITS - 1))),
  optional(sequence(text('.'), repeat(DIGIT, 1, MOST_DIGITS))),
  optional(sequence(anyOf('eE'), optional(anyOf('+-')), repeat(DIGIT, 1, 2))),
);

/** A whole number of at most 15 digits, without a point or an exponent. */
export function wholeNumber(low: Bound, high: Bound): Expression {
  const min = low === null ? -LARGEST_WHOLE : low.exclusive ? Math.floor(low.value) + 1 : Math.ceil(low.value);
  const max = high === null ? LARGEST_WHOLE : high.exclusive ? Math.ceil(high.value) - 1 : Math.floor(high.value);
  const above = naturals(Math.max(min, 0), Math.min(max, LARGEST_WHOLE));
  return choice(above, sequence(text('-'), naturals(Math.max(-max, 1), Math.min(-min, LARGEST_WHOLE))));
}

/** A number with a point or none, and without an exponent. @throws FormatError for a bound of very many digits */
export function boundedNumber(low: Bound, high: Bound): Expression {
  const above = !high || high.value >= 0 ? decimals(low && low.value >= 0 ? low : { value: 0, exclusive: false }, high) : NEVER;
  // 0 has no sign.
  const below =
    !low || low.value < 0 ? decimals(high && high.value < 0 ? flipped(high) : { value: 0, exclusive: true }, low && flipped(low)) : NEVER;
  return choice(above, sequence(text('-'), below));
}

function flipped({ value, exclusive }: NonNullable<Bound>): NonNullable<Bound> {
  return { value: -value, exclusive };
}

/** The whole numbers from `least`, 0 or more, to `most`. */
function naturals(least: number, most: number): Expression {
  const options: Expression[] = [];
  for (let length = String(least).length; least <= most && length <= String(most).length; length++) {
    const from = Math.max(least, length === 1 ? 0 : 10 ** (length - 1));
    options.push(sameLength(String(from), String(Math.min(most, 10 ** length - 1))));
  }
  return choice(...options);
}

/** The texts of digits from `from` to `to`, which are as long as each other. */
function sameLength(from: string, to: string): Expression {
  if (/^0*$/.test(from) && /^9*$/.test(to)) return repeat(DIGIT, from.length, from.length);
  const [first, last] = [Number(from[0]), Number(to[0])];
  const [fromRest, toRest] = [from.slice(1), to.slice(1)];
  const rest = from.length - 1;
  if (first === last) return sequence(digits(first, first), sameLength(fromRest, toRest));
  const lowWhole = /^0*$/.test(fromRest);
  const highWhole = /^9*$/.test(toRest);
  return choice(
    lowWhole ? NEVER : sequence(digits(first, first), sameLength(fromRest, '9'.repeat(rest))),
    sequence(digits(lowWhole ? first : first + 1, highWhole ? last : last - 1), repeat(DIGIT, rest, rest)),
    highWhole ? NEVER : sequence(digits(last, last), sameLength('0'.repeat(rest), toRest)),
  );
}

function digits(first: number, last: number): Expression {
  return first > last ? NEVER : first === last ? text(String(first)) : oneOf([0x30 + first, 0x30 + last]);
}

/** The numbers from `low`, 0 or more, to `high`, without a sign. */
function decimals(low: NonNullable<Bound>, high: Bound): Expression {
  const from = split(low);
  const to = high && split(high);
  const before = Math.max(BOUNDED_DIGITS.before, from.whole.length, to?.whole.length ?? 0);
  const behind = Math.min(BOUNDED_DIGITS.behind, MOST_DIGITS - before);
  const [first, last] = [Number(from.whole), to ? Number(to.whole) : 10 ** before - 1];
  if (first > last) return NEVER;
  const lower = { digits: from.fraction, exclusive: low.exclusive };
  const upper = to && { digits: to.fraction, exclusive: high?.exclusive ?? false };
  if (first === last) return sequence(text(from.whole), fraction(lower, upper, behind));
  return choice(
    sequence(text(from.whole), fraction(lower, null, behind)),
    sequence(naturals(first + 1, to ? last - 1 : last), fraction(null, null, behind)),
    upper ? sequence(text(String(last)), fraction(null, upper, behind)) : NEVER,
  );
}

/** @param value 0 or more */
function split({ value }: NonNullable<Bound>): { readonly whole: string; readonly fraction: string } {
  const [whole = '', fraction = ''] = String(value).split('.');
  if (/[en]/.test(String(value)) || whole.length > MOST_DIGITS) {
    throw new FormatError(
      `a bound of ${value} is not enforced: it has too many digits`,
      'Take one that has at most 15 digits, 6 of them after the decimal point.',
    );
  }
  return { whole, fraction };
}

/** The digits of a bound after its decimal point. */
type Edge = { readonly digits: string; readonly exclusive: boolean } | null;

/** A point and digits, or nothing, where the number 0.digits lies between both ends; null: that end is open. */
function fraction(low: Edge, high: Edge, most: number): Expression {
  const written = sequence(text('.'), someDigits(low, high, most));
  return holdsZero(low, high) ? choice(EMPTY, ...(written === NEVER ? [] : [written])) : written;
}

function someDigits(low: Edge, high: Edge, most: number): Expression {
  if (most === 0) return NEVER;
  const [lowest, highest] = [low ? Number(low.digits[0] ?? 0) : 0, high ? Number(high.digits[0] ?? 0) : 9];
  const further = (nextLow: Edge, nextHigh: Edge) => {
    if (!nextLow && !nextHigh) return repeat(DIGIT, 0, most - 1);
    const more = someDigits(nextLow, nextHigh, most - 1);
    return holdsZero(nextLow, nextHigh) ? (more === NEVER ? EMPTY : optional(more)) : more;
  };
  const rest = (edge: Edge): Edge => edge && { ...edge, digits: edge.digits.slice(1) };
  if (lowest > highest) return NEVER;
  if (low && high && lowest === highest) return sequence(digits(lowest, lowest), further(rest(low), rest(high)));
  return choice(
    low ? sequence(digits(lowest, lowest), further(rest(low), null)) : NEVER,
    sequence(digits(low ? lowest + 1 : 0, high ? highest - 1 : 9), further(null, null)),
    high ? sequence(digits(highest, highest), further(null, rest(high))) : NEVER,
  );
}

/** Whether 0 lies between both ends. */
function holdsZero(low: Edge, high: Edge): boolean {
  const zero = (edge: Edge) => edge !== null && /^0*$/.test(edge.digits);
  return (low === null || (zero(low) && !low.exclusive)) && !(zero(high) && high?.exclusive);
}

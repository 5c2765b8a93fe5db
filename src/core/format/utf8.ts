import type { Range } from './grammar';

/** The last code points of one, two, three and four bytes. */
const LONGEST = [0x7f, 0x7ff, 0xffff, 0x10ffff];

/**
 * The code points from `first` to `last`, without surrogates among them, as alternatives of byte ranges, one a byte.
 * Source: R. Cox, "Regular Expression Matching in the Wild", https://swtch.com/~rsc/regexp/regexp3.html
 */
export function utf8Ranges(first: number, last: number): Range[][] {
  if (first > last) return [];
  for (const longest of LONGEST) {
    if (first <= longest && longest < last) return [...utf8Ranges(first, longest), ...utf8Ranges(longest + 1, last)];
  }
  if (last < 0x80) return [[[first, last]]];
  // Below a byte where both ends differ, the range must run from the lowest continuation to the highest.
  for (let bits = 6; bits < 24; bits += 6) {
    const below = 2 ** bits - 1;
    if (Math.floor(first / (below + 1)) === Math.floor(last / (below + 1))) break;
    if (first % (below + 1) !== 0) {
      const end = first - (first % (below + 1)) + below;
      return [...utf8Ranges(first, end), ...utf8Ranges(end + 1, last)];
    }
    if (last % (below + 1) !== below) {
      const begin = last - (last % (below + 1));
      return [...utf8Ranges(first, begin - 1), ...utf8Ranges(begin, last)];
    }
  }
  const from = utf8(first);
  const to = utf8(last);
  return [from.map((byte, i): Range => [byte, to[i] as number])];
}

function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  const continuations = LONGEST.findIndex((longest) => code <= longest);
  const bytes = Array.from({ length: continuations }, (_, i) => 0x80 | (Math.floor(code / 64 ** (continuations - 1 - i)) % 64));
  // The first byte has as many ones in front as there are bytes.
  return [((0xff00 >> (continuations + 1)) & 0xff) | Math.floor(code / 64 ** continuations), ...bytes];
}

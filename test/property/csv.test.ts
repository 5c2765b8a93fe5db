import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvValue, toCsv } from '../../src/core/run/csv';

/** The cells of a table as RFC 4180 has them, by a reader that shares nothing with the writer. */
function read(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < csv.length; ) {
    let cell = '';
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        cell += csv[at];
        if (csv[at] === '"') at++;
      }
      at++;
    } else while (csv[at] !== ',' && csv[at] !== '\r') cell += csv[at++];
    row.push(cell);
    if (csv[at] === ',') at++;
    else {
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '=', '-', '@', "'", 'a', ' ') }),
);
const value: fc.Arbitrary<CsvValue> = fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null));

describe('any table as CSV', () => {
  it('reads back as what it was, except the apostrophes before formulas', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }))),
        (rows) => {
          const columns = (rows[0] ?? ['']).map((_, i) => `c${i}`);
          const [, ...back] = read(toCsv(columns, rows));
          const expected = rows.map((row) =>
            row.map((each) => (typeof each === 'string' ? each.toWellFormed() : each === null ? '' : String(each))),
          );
          expect(
            back.map((row, r) => row.map((cell, c) => (cell.startsWith("'") && !expected[r]?.[c]?.startsWith("'") ? cell.slice(1) : cell))),
          ).toEqual(expected);
          for (const [r, row] of back.entries())
            for (const [c, cell] of row.entries()) if (typeof rows[r]?.[c] === 'string') expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
        },
      ),
      { numRuns: 500 },
    );
  });
});

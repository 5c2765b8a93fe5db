/** A value of a table. Numbers are written with a point and without grouping. */
export type CsvValue = string | number | boolean | null;

/** What makes a spreadsheet take a text for a formula when it begins a cell (OWASP, "CSV Injection"), in either width. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A table as CSV (RFC 4180): commas, CRLF after every row, quotes where a cell has a quote, a comma or a line break. A text that a spreadsheet
 * would run as a formula gets an apostrophe before it; numbers stay numbers. null is an empty cell.
 *
 * @param rows each as long as `columns`
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  // A lone surrogate cannot be written as UTF-8.
  const text = (FORMULA.test(value) ? `'${value}` : value).replace(
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
    '\uFFFD',
  );
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const named = [...read('docs/failures.md').matchAll(/(test\/[\w./-]+) › ([^|;(]+?) *(?=[|;(])/g)].map(([, file = '', title = '']) => ({
  file,
  title,
}));

describe('docs/failures.md', () => {
  it('names a test in every row', () => {
    const rows = read('docs/failures.md')
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| failure '));
    expect(rows.filter((row) => !/test\/[\w./-]+ › /.test(row))).toEqual([]);
    expect(named.length).toBeGreaterThanOrEqual(rows.length);
  });

  it.each(named)('$file holds "$title"', ({ file, title }) => {
    const titles = read(file)
      .split('\n')
      .filter((line) => /\bit(\.each\(.*\))?\(|\bwhat:/.test(line));
    expect(titles.filter((line) => line.includes(title))).toHaveLength(1);
  });
});

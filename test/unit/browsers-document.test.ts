import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const PAGE = /\.(ts|tsx|css)$/;
const source = fs
  .readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => PAGE.test(file) && !file.startsWith('node'))
  .map((file) => fs.readFileSync(path.join(root, 'src', file), 'utf8'))
  .join('\n');
const rows = fs
  .readFileSync(path.join(root, 'docs/browsers.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => line.split(' | '));

describe('the document of browsers', () => {
  it('names what the page uses, each with the first Safari that has it', () => {
    expect(rows.length).toBeGreaterThan(25);
    for (const [what, code = '', safari] of rows) {
      for (const [, used = ''] of code.matchAll(/`([^`]+)`/g)) expect(source.includes(used), `${what}: ${used}`).toBe(true);
      expect(safari, what).toMatch(/^(\d+(\.\d+)?|none)$/);
    }
  });

  // Younger than the youngest that the page cannot do without, by the same data.
  it.each(['Iterator.from', 'Promise.try', 'requestIdleCallback', 'showOpenFilePicker', 'Math.sumPrecise', 'Temporal.', '.toBase64('])(
    'leaves out nothing that would need a later browser: %s',
    (name) => {
      expect(source.includes(name)).toBe(false);
    },
  );
});

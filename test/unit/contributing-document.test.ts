import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { SUITES } from '../../scripts/suites.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');
const guide = read('CONTRIBUTING.md');
/** npm runs it before it packs, and nobody else. */
const OF_NPM = ['prepack'];

it('the guide for contributors names every command', () => {
  const names = Object.keys(JSON.parse(read('package.json')).scripts).filter((name) => !name.startsWith('test') && !OF_NPM.includes(name));
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !new RegExp(`npm (run )?${name}\\b`).test(guide))).toEqual([]);
});

it('the guide for contributors names every suite', () => {
  const rows = guide.split('\n').filter((line) => line.startsWith('| `npm run test:'));
  const isNamed = (name: string) => rows.some((row) => new RegExp(`[\\s\`]${name}[,;\`\\s]`).test(row));
  expect(SUITES.filter(({ name }) => !isNamed(name)).map(({ name }) => name)).toEqual([]);
});

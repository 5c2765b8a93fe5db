import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Style sheets come with the view that needs them, and stay. */
const SHEETS = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.css'))
  .map((file) => join('src', file));
/** A class that a rule is about by itself, wherever on the page it stands. */
const OWN_CLASS = /^\s*\.([a-z][\w-]*)(?=\s*[{,]|:[a-z:])/gm;

it('a class is styled by itself in one style sheet only, so that no view changes the look of another', () => {
  const sheets = new Map<string, Set<string>>();
  for (const sheet of SHEETS) {
    const rules = readFileSync(sheet, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, name = ''] of rules.matchAll(OWN_CLASS)) sheets.set(name, (sheets.get(name) ?? new Set()).add(sheet));
  }
  expect(sheets.size).toBeGreaterThan(100);
  expect([...sheets].filter(([, where]) => where.size > 1).map(([name, where]) => [name, ...where])).toEqual([]);
});

it('what a person writes in looks alike: one sheet gives it its frame', () => {
  const FRAME = /textarea(?!:)[^{}]*\{[^}]*(?:background|border-radius|field-sizing)/;
  const framing = SHEETS.filter((sheet) => !sheet.endsWith('print.css') && FRAME.test(readFileSync(sheet, 'utf8')));
  expect(framing).toEqual([join('src', 'ui', 'base.css')]);
});

import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BUILT } from './support/built';

/** What a first visit fetched on 29 November 2026 before anything could be seen: the page, and every script and style sheet that it names. Bytes, gzipped. */
const THEN_BYTES = 170_200;

it('reaches a visitor in few bytes, gzipped, before the engine: at most 16 % more than it did', () => {
  const page = fs.readFileSync(path.join(BUILT, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file = '']) => file);
  expect(named.some((file) => file.endsWith('.js'))).toBe(true);
  expect(named.some((file) => file.endsWith('.css'))).toBe(true);
  const bytes = ['index.html', ...named].map((file) => gzipSync(fs.readFileSync(path.join(BUILT, file))).length);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(1.16 * THEN_BYTES);
});

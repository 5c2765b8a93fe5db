import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ROOMS } from '../../scripts/rooms.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const document = fs.readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');

it('names files and folders that are there', () => {
  const rooms = [...ROOMS, 'scripts', 'training', 'test', 'bench', 'public', 'docs'].join('|');
  const named = [...document.matchAll(new RegExp(`\`((?:${rooms})/[\\w./-]*)\``, 'g'))].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(50);
  const found = (name: string) => ['.', 'src'].some((base) => fs.existsSync(path.join(root, base, name)));
  expect(named.filter((name) => !found(name))).toEqual([]);
});

it('has a row for every room, in their order', () => {
  const rows = [...document.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(ROOMS.filter((room) => fs.existsSync(path.join(root, 'src', room))));
});

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

it('has a row for every shape that has libraries, with their sizes', () => {
  interface Listed {
    readonly bytes: number;
    readonly delta?: { readonly bytes: number };
  }
  const list: readonly { readonly name: string; readonly libraries: readonly Listed[] }[] = JSON.parse(
    fs.readFileSync(path.join(root, 'public/libraries/index.json'), 'utf8'),
  );
  const kilobytes = (bytes: number) => Math.round(bytes / 1000).toLocaleString('en');
  const rows = list.map(({ name, libraries }) => {
    const sizes = [...libraries.map(({ bytes }) => bytes), ...libraries.map(({ bytes, delta }) => delta?.bytes ?? bytes)];
    return `| ${[name, ...sizes.map(kilobytes)].join(' | ')} |`;
  });
  expect(document.match(/^\| (SmolLM|Llama|Qwen).*$/gm)).toEqual(rows);
});

import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const src = path.resolve(import.meta.dirname, '../../../src');

// The browser's cache (`storage/browserCache.ts`) and adapter (`gpu`) are not used in Node.
it.each(['core', 'storage', 'engine', 'model', 'catalog', 'node'])('what %s says is true in a terminal too', (room) => {
  const files = fs
    .readdirSync(path.join(src, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'browserCache.ts');
  const lines = files.flatMap((name) => fs.readFileSync(path.join(src, room, name), 'utf8').split('\n'));
  expect(lines.length).toBeGreaterThan(0);
  const said = lines.filter(
    (line) => !/^\s*(\*|\/)/.test(line) && /['`].*(\b[Tt]he browser could|\b[Tt]his browser\b|reload the page\.)/.test(line),
  );
  expect(said).toEqual([]);
});

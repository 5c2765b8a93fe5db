/**
 * The rooms of src/, from the top down: a room imports from itself and from those below it. This list is the one place that says so;
 * `node scripts/rooms.mjs` makes the linter's rules of it (biome.rooms.json), and a test fails where they are not those of the list.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOMS = [
  'app',
  'features',
  'ui',
  'actions',
  'store',
  'lessons',
  'sw',
  'package',
  'node',
  'api',
  'worker',
  'engine',
  'model',
  'catalog',
  'storage',
  'formats',
  'gpu',
  'core',
];

const FEATURE_INDEX = 'A feature is entered through its index only.';

/** Biome's configuration for the rooms, as biome.rooms.json holds it. */
export function roomRules() {
  return { overrides: ROOMS.map(rulesOf) };
}

/** @param {string} room @param {number} index */
function rulesOf(room, index) {
  const above = ROOMS.slice(0, index).map((name) => `**/${name}/**`);
  const patterns =
    above.length > 0 ? [{ group: above, message: `${room}/ is below that room: imports only go down (scripts/rooms.mjs).` }] : [];
  if (room === 'app') patterns.push({ group: ['**/features/*/**'], message: FEATURE_INDEX });
  if (room === 'features') patterns.push({ group: ['../*/**', '!../../**'], message: FEATURE_INDEX });
  if (room === 'core') patterns.push({ group: ['**', '!./**', '!../**'], message: 'core/ imports nothing but itself.' });
  const style = { noRestrictedImports: { level: 'error', options: { patterns } }, ...(room === 'core' ? CORE_GLOBALS : {}) };
  const rules = { includes: [`src/${room}/**`], linter: { rules: { style } } };
  return room === 'core' ? { ...rules, plugins: ['./scripts/no-math-random.grit'] } : rules;
}

const CORE_GLOBALS = {
  noRestrictedGlobals: {
    level: 'error',
    options: {
      deniedGlobals: { Date: 'Time comes in through a parameter.', performance: 'Time comes in through a parameter.' },
    },
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(import.meta.dirname, '..');
  fs.writeFileSync(path.join(root, 'biome.rooms.json'), JSON.stringify(roomRules()));
  execFileSync(process.execPath, [path.join(root, 'node_modules/@biomejs/biome/bin/biome'), 'format', '--write', 'biome.rooms.json'], {
    cwd: root,
  });
}

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Words that make a reader stop, each with what to write instead. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, 'again'],
  [/\bwhence\b/i, 'where from'],
  [/\breckon(s|ed|ing)?\b/i, 'compute, depend on'],
  [/\b(is|are) none\b(?! of)/, 'is invalid, is missing'],
  [/\bbut for\b/i, 'except'],
  [/\bprocessors?\b/i, 'CPU, GPU'],
  [/\bseldom\b/i, 'rarely'],
  [/\b(told|tells?) apart\b/i, 'distinguish'],
  [/\bwhoever\b/i, 'the caller, the user, anyone'],
  [/\bin vain\b/i, 'wasted, without success'],
  [/\bbehind (the end|a rejection|the last)\b/i, 'past, after'],
];

const root = path.resolve(import.meta.dirname, '../..');
const FOLDERS = ['src', 'test', 'bench', 'scripts', 'training', 'docs', '.github'];
const PROSE = /\.(ts|tsx|mdx|md|mjs|py|css|wgsl|cc|h|yml)$/;
/** Word lists, and questions as people may ask them. */
const WORD_LISTS =
  /^(src\/lessons\/words\.ts|src\/core\/run\/tokenKinds\.ts|test\/unit\/(plain-english|recordings)\.test\.ts|test\/unit\/support\/|training\/corpus\/)/;

const inFolders = FOLDERS.flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`),
);
const files = [...fs.readdirSync(root), ...inFolders].filter((name) => PROSE.test(name) && !WORD_LISTS.test(name));

describe('texts, comments and titles', () => {
  it.each(WORDS)('do not say %s, but: %s', (word) => {
    const found = files.flatMap((name) =>
      fs
        .readFileSync(path.join(root, name), 'utf8')
        .split('\n')
        .filter((line) => word.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(found).toEqual([]);
  });
});

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseList } from '../../src/catalog/list';

const folder = path.resolve(import.meta.dirname, '../../public/models');
const manifest = parseList(JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')));
const listed = new Map(
  Object.values(manifest.models).flatMap((model) => [...model.libraries, ...model.files].map((file) => [file.path, file])),
);

describe('the models that are shipped', () => {
  it('are the target and every draft of the pair', () => {
    const named = manifest.pairs.flatMap(({ target, drafts }) => [target, ...drafts.map((draft) => draft.id)]);
    expect(Object.keys(manifest.models).toSorted()).toEqual(named.toSorted());
  });

  for (const file of listed.values()) {
    it(`${file.path} has the size and SHA-256 of the manifest`, () => {
      const bytes = fs.readFileSync(path.join(folder, file.path));
      expect(bytes.length).toBe(file.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    });
  }

  it('have no file that the manifest does not list', () => {
    const found = fs
      .readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
    const known = new Set([...listed.keys(), 'manifest.json']);
    expect(found.filter((name) => !known.has(name) && !name.endsWith('.md'))).toEqual([]);
  });

  it('share one vocabulary and one tokenizer', () => {
    const tokenizers = Object.values(manifest.models).map(
      (model) => model.files.find((file) => file.path.endsWith('/tokenizer.json'))?.sha256,
    );
    expect(new Set(tokenizers).size).toBe(1);
    expect(tokenizers[0]).toBeDefined();
    expect(new Set(Object.values(manifest.models).map(({ vocabulary }) => JSON.stringify(vocabulary))).size).toBe(1);
  });
});

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findLists } from '../../scripts/furtherLists.mjs';

describe('the lists beside the page’s own', () => {
  it('are those of folders models-… that have one', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lists-'));
    onTestFinished(() => fs.rmSync(folder, { recursive: true }));
    for (const name of ['models', 'models-b', 'models-a', 'traces', 'models-half']) fs.mkdirSync(path.join(folder, name));
    expect(findLists(folder)).toEqual([]);
    for (const name of ['models', 'models-b', 'models-a', 'traces']) fs.writeFileSync(path.join(folder, name, 'manifest.json'), '{}');
    expect(findLists(folder)).toEqual(['models-a/manifest.json', 'models-b/manifest.json']);
  });
});
